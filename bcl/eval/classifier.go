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

// Classifier is a way to tell the classes of test images after seeing labelled ones.
// Each is one file, which registers it: nothing else knows it by name.
type Classifier interface {
	// Name is its name in results and settings, such as "knn".
	Name() string
	// Settings are the settings that a person may change, with their names. A new
	// classifier, of [All], has the published ones.
	Settings() []settings.Setting
	// Needs is what it asks for.
	Needs() Needs
	// Check returns an error if its settings are out of range or do not fit the Suite.
	Check(s *Suite) error
	// Classify fits it on every subset of every protocol in turn ([Measurement.Each])
	// and returns for each of them the classes of every test image, best first: at
	// most 5.
	Classify(ctx context.Context, m *Measurement) ([][][]int64, error)
}

// Needs is what a classifier asks for beside labelled images and their features.
type Needs struct {
	Validation bool // features of the validation images, if the Suite has such images
	Copy       bool // [Encoder.New], to train a copy of the network: not for use while a network trains
}

// Seeded is a classifier that draws random numbers.
type Seeded interface {
	SetSeed(seed uint64)
}

// registered are functions that return a new classifier, in order.
var registered []registration

type registration struct {
	rank  int
	fresh func() Classifier
}

// Register adds a classifier: fresh returns one with its published settings. rank is its
// place in lists; ours have 10, 20, ...
func Register(rank int, fresh func() Classifier) {
	if name := fresh().Name(); slices.Contains(Classifiers(), name) {
		panic(fmt.Sprintf("eval: two classifiers are called %q", name))
	}
	registered = append(registered, registration{rank, fresh})
	slices.SortStableFunc(registered, func(a, b registration) int { return cmp.Compare(a.rank, b.rank) })
}

// All returns a new classifier of each kind, with the published settings.
func All() (all []Classifier) {
	for _, r := range registered {
		all = append(all, r.fresh())
	}
	return all
}

// Classifiers returns the names of all classifiers.
func Classifiers() (names []string) {
	for _, c := range All() {
		names = append(names, c.Name())
	}
	return names
}

// WhileTraining returns the names of the classifiers that may be used while a network
// trains.
func WhileTraining() (names []string) {
	for _, c := range All() {
		if !c.Needs().Copy {
			names = append(names, c.Name())
		}
	}
	return names
}

// Choose returns those of all that are named, in the order of the names. It is an error
// if one is not there, or none is named.
func Choose(all []Classifier, names []string) (chosen []Classifier, err error) {
	if len(names) == 0 {
		return nil, errors.New("no classifier is named")
	}
	for _, name := range names {
		at := slices.IndexFunc(all, func(c Classifier) bool { return c.Name() == name })
		if at < 0 {
			return nil, fmt.Errorf("classifier %q is not one of %s", name, strings.Join(Classifiers(), ", "))
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}
