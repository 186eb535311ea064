package protocol

import (
	"regexp"
	"slices"
)

// named are the protocols of papers that bcl-eval knows.
var named = []string{"bcl", "sdclr", "gh-imagenet", "gh-cifar", "ts"}

// Named lists the names of whole evaluations, each that of a paper: bcl (Zhou et al. 2022),
// sdclr (Jiang et al. 2021), gh-imagenet and gh-cifar (Zhou et al. 2023), ts (Kukleva et
// al. 2023). What they set is bcl-eval's to know.
func Named() []string { return slices.Clone(named) }

// IsName reports whether a text is a name rather than a [Spec].
func IsName(text string) bool { return word.MatchString(text) }

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)
