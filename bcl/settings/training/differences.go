package training

import (
	"slices"

	"github.com/bcl-go/bcl/bcl/settings"
)

// Differences names the settings in which runs differ, in the order of the runs' lists; those
// that say where and how fast a run runs come last. Numbers are compared as numbers.
func Differences(runs []settings.List) []string {
	place := map[string]bool{}
	for _, s := range Table(Choices{}) {
		place[s.Name] = s.Place || s.OnResume == settings.Free
	}
	var names, places []string
	for _, r := range runs {
		for _, e := range r {
			same := true
			for _, other := range runs {
				same = same && settings.Same(other.Get(e.Name), e.Value)
			}
			list := &names
			if place[e.Name] {
				list = &places
			}
			if !same && !slices.Contains(*list, e.Name) {
				*list = append(*list, e.Name)
			}
		}
	}
	return append(names, places...)
}

// lossSettings change what the loss of a network is, as good as its features may be.
var lossSettings = []string{"data", "train-split", "holdout", "method", "size", "views", "min-scale", "crop-filter", "jitter-strength", "grey-prob",
	"blur-prob", "batch-size", "temperature", "temperature-schedule", "reweight-positives", "loss", "loss-gamma", "loss-beta", "loss-tau-plus", "loss-sigma",
	"rand-k", "rand-strength", "no-floor", "memory-signal", "memory-weights", "memory-control", "prune-percent", "random-prune-percent", "moco-k"}

// OtherLosses returns those of some settings that make the losses of runs which differ in
// them incomparable.
func OtherLosses(differences []string) (names []string) {
	for _, name := range differences {
		if slices.Contains(lossSettings, name) {
			names = append(names, name)
		}
	}
	return names
}
