// Package eval measures how good a network's features are, by top-1 and top-5 accuracy
// over all classes and over the Many, Medium and Few groups. Only this package needs
// labels.
//
// A [Suite] holds data, protocols (what classifiers are fitted on: all images, or a
// number per class, with several subsets) and classifiers: the linear probe of the
// published protocol, nearest neighbours, ridge and logistic regression, SDCLR's probe,
// and fine-tuning of a copy. [Suite.Measure] leaves the network unchanged, so it can be
// used during training.
//
// A [Classifier] is one file, which registers it and declares its settings ([Spec]):
// adding one changes no other file, and bcl-eval gets its flags.
//
// Reading order: suite.go, measure.go and measurement.go; features.go; classifier.go
// and a file for each classifier (probe.go and probes.go, knn.go, ridge.go, logistic.go
// with lbfgs.go and wolfe.go, sdclr.go, finetune.go, with views.go for the images of the
// last two). Scores are package score. embed.go computes vectors of any number of images
// for other programs.
package eval
