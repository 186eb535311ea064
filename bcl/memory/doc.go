// Package memory keeps the history of each sample's contrastive loss and turns it
// into memorisation weights: the "memory" of Boosted Contrastive Learning (Zhou et
// al., ICML 2022, arXiv 2205.12693, section 3). A sample whose loss stays high is
// poorly memorised, which on long-tailed data means tail-like; its weight is near
// 1 and its views are augmented strongly.
//
// The package knows no tensors and no images: a sample is an index.
package memory
