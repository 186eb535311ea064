package memory

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/bcl/signal"
)

// Config configures the memory of a run. Only the published one is of published runs.
type Config struct {
	Beta    float64     // share of the past in the momentum loss
	Horizon int         // epochs of a run that Beta is meant for, see BetaOf; 0: of any
	Signal  signal.Name // that is followed, of [signal.Recorded]
	Weights Weighting   // of its momentum
	Control Rule        // in place of the memory's weights, of [Controls]; None: the method's rule
}

// Published is the memory of the paper.
func Published() Config {
	return Config{Beta: 0.97, Signal: signal.Loss, Weights: Standardized, Control: None}
}

// farthest is the largest horizon: no run is meant that has so many epochs.
const farthest = 100_000

// Check returns an error, a [*field.Error], for the first setting that cannot be used.
func (c Config) Check() error {
	_, err := signal.Parse(string(c.Signal))
	return cmp.Or(
		field.Expect(c.Beta >= 0 && c.Beta < 1, "Beta", c.Beta, "in [0, 1)"),
		field.Expect(c.Horizon >= 0 && c.Horizon <= farthest, "Horizon", c.Horizon, fmt.Sprintf("a number of epochs up to %d, or 0", farthest)),
		field.Expect(err == nil, "Signal", c.Signal, "one of "+signal.List(signal.Recorded())),
		field.Expect(slices.Contains(Weightings(), string(c.Weights)), "Weights", c.Weights, "one of "+strings.Join(Weightings(), ", ")),
		field.Expect(slices.Contains(Controls(), string(c.Control)), "Control", c.Control, "one of "+strings.Join(Controls(), ", ")),
	)
}

// BetaOf is the share of the past in a run of some epochs: Beta^(Horizon/epochs). What
// happened some share of the run ago, such as its last tenth, then weighs as much in the
// momentum as in a run of Horizon epochs with Beta: 0.97 of 2,000 epochs is 0.74 of 200.
func (c Config) BetaOf(epochs int) float64 {
	if c.Horizon == 0 {
		return c.Beta
	}
	return math.Pow(c.Beta, float64(c.Horizon)/float64(epochs))
}

// RuleOf is the rule of a method with this memory.
func (c Config) RuleOf(method Rule) Rule {
	if c.Control == None || method == Zero {
		return method
	}
	return c.Control
}

// NeedsLabels reports whether New needs the sizes of classes.
func (c Config) NeedsLabels() bool { return find(c.Control).labels }

// New returns the memory of n samples of a run of some epochs. sizes is, for each sample, how
// many samples its class has; nil if the control does not need them.
func (c Config) New(n, epochs int, sizes []int) (*Memory, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	m, err := New(n, c.BetaOf(epochs))
	if err != nil {
		return nil, err
	}
	m.by = c.Weights
	if !c.NeedsLabels() {
		return m, nil
	}
	if len(sizes) != n {
		return nil, fmt.Errorf("the control %s is by the sizes of classes: %d of them for %d samples", c.Control, len(sizes), n)
	}
	rarity := make([]float32, n)
	for i, size := range sizes {
		rarity[i] = float32(-math.Log(float64(size)))
	}
	m.oracle = m.by.of(rarity)
	return m, nil
}
