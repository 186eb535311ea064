// Package protocol is what classifiers are fitted on: all of the probe set, lists of some
// of its samples, or a number of images per class (100-shot), drawn or listed. It is pure
// Go.
//
// A [Spec] describes a protocol, as in a preset of experiments or on a command line;
// [Spec.Resolve] makes it a [Protocol], the samples of a probe set. [Find] and [Glob]
// find published lists by name.
//
// Reading order: spec.go, resolve.go, protocol.go; lists.go and expand.go.
package protocol
