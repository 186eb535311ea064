// Package protocol is what classifiers are fitted on: the whole probe set, lists of some
// of its samples, or so many images per class (100-shot), drawn or listed. It is pure Go.
//
// A [Spec] says a protocol in words, as a preset of experiments or a command line has it;
// [Spec.Resolve] makes it a [Protocol], the very samples of a probe set. [Find] and [Glob]
// find published lists by name.
//
// Reading order: spec.go, resolve.go, protocol.go; lists.go and expand.go.
package protocol
