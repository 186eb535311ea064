// Package eval measures what a trained network's features are worth: the linear
// probe of the published protocol and a k-nearest-neighbour vote, as top-1 and
// top-5 accuracy over all classes and over the Many, Medium and Few groups.
//
// The network is frozen. Only this package needs labels.
package eval
