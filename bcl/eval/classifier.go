package eval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings"
)

// Classifier predicts the classes of test images after fitting on labelled ones. Each is
// one file, which registers it; no other code names it.
type Classifier interface {
	// Spec describes it.
	Spec() Spec
	// Check returns an error if its settings are out of range or do not fit the Suite.
	Check(s *Suite) error
	// Classify fits it on every subset of every protocol ([Measurement.Each]) and returns
	// for each of them the classes of every test image, best first: at most 5.
	Classify(ctx context.Context, m *Measurement) ([][][]int64, error)
}

// Spec describes a classifier. All classifiers get images and their features.
type Spec struct {
	Name     string             // in results and settings, such as "knn"
	Rank     int                // its position in lists; ours have 10, 20, ...
	Settings []settings.Setting // settings for users
	Seed     *uint64            // of its random numbers; nil: not random

	// Files returns the names of the files that it writes for a Suite; nil: none.
	Files func(s *Suite) []string

	Crops      bool // whether it trains on crops of the images ([Images])
	Validation bool // whether it uses features of the validation images, if there are any
	Copy       bool // whether it trains a copy of the network ([Encoder.New]): not for use during training
}

// registered are functions that return a new classifier, in order.
var registered []func() Classifier

// Register adds a classifier: fresh returns a new one with its published settings.
func Register[C any, P interface {
	*C
	Classifier
}](fresh func() C) {
	kind := func() Classifier { return P(new(fresh())) }
	if name := kind().Spec().Name; slices.Contains(Names(All()), name) {
		panic(fmt.Sprintf("eval: two classifiers are named %q", name))
	}
	registered = append(registered, kind)
	slices.SortStableFunc(registered, func(a, b func() Classifier) int { return cmp.Compare(a().Spec().Rank, b().Spec().Rank) })
}

// All returns a new classifier of each kind, with the published settings.
func All() (all []Classifier) {
	for _, fresh := range registered {
		all = append(all, fresh())
	}
	return all
}

// WhileTraining returns those of [All] that may be used while a network trains.
func WhileTraining() []Classifier {
	return slices.DeleteFunc(All(), func(c Classifier) bool { return c.Spec().Copy })
}

// SetSeed gives the classifiers that draw random numbers a seed.
func SetSeed(list []Classifier, seed uint64) {
	for _, c := range list {
		if s := c.Spec().Seed; s != nil {
			*s = seed
		}
	}
}

// Names returns the names of classifiers.
func Names(list []Classifier) (names []string) {
	for _, c := range list {
		names = append(names, c.Spec().Name)
	}
	return names
}

// Choose returns the classifiers with the given names, in the order of the names. It is
// an error if one is unknown, or without names.
func Choose(all []Classifier, names []string) (chosen []Classifier, err error) {
	if len(names) == 0 {
		return nil, errors.New("no classifier is named")
	}
	for _, name := range names {
		at := slices.Index(Names(all), name)
		if at < 0 {
			return nil, fmt.Errorf("classifier %q is not one of %s", name, strings.Join(Names(all), ", "))
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}
