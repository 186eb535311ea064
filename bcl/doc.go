// Package bcl is Boosted Contrastive Learning on one page; its sub-packages are
// the method.
//
// # The idea
//
// Zhou, Yao, Wang, Han, Zhang: "Contrastive Learning with Boosted Memorization",
// ICML 2022, arXiv 2205.12693. Real images are unlabelled and long-tailed. The
// paper's premise is that a network learns common samples first and rare ones late,
// so that the history of a sample's contrastive loss shows how rare its kind is.
// Samples that stay hard get views with more information discrepancy: stronger
// augmentation. docs/evidence.md tests the premise.
//
// # An epoch
//
//	for each batch, in an order drawn for the epoch:
//	    two views of each sample i, augmented by w_i        sampler, augment
//	    z = network(views)                                    model
//	    L_i = NT-Xent of sample i                             loss
//	    SGD step on the mean of L_i                           train
//	    m_i = L_i the first time, else beta*m_i + (1-beta)*L_i    memory
//	w_i = (m_i - mean m) / (2 max|m - mean m|) + 1/2          memory
//
// Before the first epoch is over w_i = 0, which is plain SimCLR. A view goes
// through the base recipe and then through k operations of RandAugment, each
// applied with probability w_i at a magnitude that grows with w_i.
//
// BCL-I does this with the network of SimCLR, BCL-D with that of SDCLR, whose second
// view goes through the same network without its smallest weights (model.SDCLR).
// Controls separate what the weight adds: the same operations at a constant weight, or
// at the weight of another sample (memory.Rule). docs/method.md has the details.
//
// # Data flow
//
//	files -> dataset -> views -> sampler -> network -> loss -> memory -+-> checkpoint -> run folder -> eval, repro
//	                     ^                                             |
//	                     +------------ weights, once per epoch --------+
//
// The method never mentions images: sampler, memory, loss and step know sample
// numbers, weights, buffers and losses. Images are one source of views (package views).
// Only evaluation needs labels.
//
// Randomness comes from counter-based streams named by (seed, purpose, epoch,
// sample, view), package rng, so results depend neither on the number of workers
// nor on where a run was interrupted. Only initial weights come from libtorch's
// generator, so that they are PyTorch's for the same seed.
//
// # Packages
//
// A package imports only those above it, except settings and state, which any may import.
// Packages without a star need neither C nor libtorch.
//
//	rgb, rng                  pixels and how files are decoded; random streams
//	quote                     names of others in messages
//	dataset, augment          sets of images, lists and splits; operations and recipes of views
//	sampler, views            prefetched batches of any source; image sources
//	signal, memory, method    signals of a sample; momentum loss and weights; the table of the methods
//	model*, loss*, harmony*   encoders and networks; per-sample losses; an auxiliary loss
//	score, protocol           accuracies and their JSON; the images that classifiers are fitted on
//	run                       the run folder: names, order of checkpoints, schemas, lock
//	imbalance                 what features say of a tail without labels
//	report, umap              a page that shows runs; maps of features
//	tfevents, mlflow          TensorBoard's event files; a client of MLflow's servers
//	features                  vectors of images with their names, on disk
//	search*                   indexes of vectors: the nearest among millions
//	train*                    the loop: a Trainer, and an Objective for each network and loss
//	checkpoint*               a trainer to and from a file
//	eval*                     features, and classifiers, one per file
//	session*                  training in a run folder, resumed, with observers
//	repro                     experiments of many runs
//	ckpt, pretrained*         checkpoints of other projects; encoders from them
//	export                    backbones for other programs: Hugging Face and timm, ONNX
//	settings, state*          names and traits of settings; named state in checkpoints
//
// The commands are in cmd. Package torch is libtorch for Go.
package bcl
