// Package sampler is the memo-boosted sampler: it walks the samples of an epoch
// in a random order and prepares, ahead of the network and in parallel, two views
// of each, as strongly augmented as the sample's memorisation weight says.
//
// It knows samples, weights and bytes; what a view is, a [Source] knows. Package views
// has those of images. A [Loader] deals any other order of samples, such as evaluation's.
//
// Order and views depend on (seed, epoch, sample, view) alone: any number of
// workers gives the same bytes, and an epoch can be entered at any batch.
package sampler
