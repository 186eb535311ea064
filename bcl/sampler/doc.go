// Package sampler is the memo-boosted sampler: it visits the samples of an epoch in
// random order and prefetches, in parallel, two views of each, augmented as strongly as
// the sample's memorisation weight.
//
// It knows samples, weights and bytes; only a [Source] knows what a view is. Package
// views has sources of images. A [Loader] loads samples in any other order, such as
// evaluation's.
//
// Order and views depend only on (seed, epoch, sample, view): any number of workers gives
// the same bytes, and an epoch can start at any batch.
package sampler
