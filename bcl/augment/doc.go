// Package augment makes the views of contrastive learning: random crops,
// colour jitter and the boosted RandAugment of BCL (Zhou et al., "Contrastive
// Learning with Boosted Memorization", ICML 2022, arXiv 2205.12693).
//
// It is pure Go on 8-bit RGB pixels. Given the same parameters, every operation
// gives the bytes that Pillow 13 gives, directly or through torchvision 0.26's
// PIL path; testdata/make_goldens.py and internal/parity check that. The
// parameters themselves are drawn from counter-based streams (package rng), so
// they follow torchvision's distributions but not its generator.
//
// Data flow:
//
//	memorisation weight w --Boost.Strength--> magnitude, probability
//	                                             |
//	Pipeline --NewWorker--> Worker.View: Pipeline.Draw --> Params --> Worker.Apply --> bytes
//
// Reading order: [Pipeline] (a recipe), [Params] and params.go (what is drawn), worker.go
// (how a view is made), [Boost] (what the method adds), then one file per operation:
// resize.go, blend.go, hue.go, lut.go, affine.go and so on. Package internal/lanes has the
// loops that take most of the time, in Go and in assembly.
//
// Conventions. Operations that read one pixel at a time work in place on m; those that
// read others take dst and src, which must be different images; the operation sets the
// size of dst. No operation keeps a reference to its arguments, and none allocates if dst
// is large enough.
//
// Two notes on fidelity. From version 13 Pillow resizes the columns before the rows when
// the height shrinks much more than the width; the reference ran on versions that never
// did. The last bit of a large photograph's view can differ between them; 32x32 images,
// which are only enlarged, do not. And the reference draws the centre of a cutout from
// [1, w] by mistake; here it is uniform in [0, w).
//
// Multiplications whose product is added to something are written
// float64(x*y) + z: the conversion forbids a fused multiply-add, which would
// round differently from Pillow on machines that have one.
package augment
