// Package dataset has the sources of samples: the embedded set, CIFAR-10 and
// CIFAR-100 in both published forms, folders of images, large files with many
// (tar, Parquet), and list files in text or JSON ([OpenList]); plus index lists that choose samples of any of them, and
// the maker of long-tailed lists.
//
// [Open] detects the kind of a data set and returns its training, probe and test parts.
// [ReadIndexList] and [Subset] select samples of one; [Verify] decodes every sample once,
// so that a broken file is found before training. [MakeSplit] makes what the paper calls
// a long-tailed split, a balanced control of the same size, or a balanced probe list,
// each with a manifest that reproduces it byte for byte.
//
// Labels are optional: a sample without one has label -1, and a data set without any has
// no classes.
//
// Reading order: dataset.go (the interface), open.go, then the kinds (synth/, cifar.go,
// folder.go, shards.go, list.go, and parts.go which combines the last two), then subset.go,
// filtered.go, verify.go and split.go.
package dataset
