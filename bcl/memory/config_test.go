package memory

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/signal"
)

// The published configuration is the published memory, to the bit.
func TestPublished(t *testing.T) {
	c := Published()
	a, err := c.New(5, 2000, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := newMemory(t, 5, 0.97)
	for e := range 4 {
		for _, m := range []*Memory{a, b} {
			m.Observe(all(5), []float32{1, 2, float32(e), 0.3, 7})
			if err := m.EndEpoch(); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(a.State(), b.State()) {
			t.Fatalf("epoch %d: %v, want %v", e+1, a.State(), b.State())
		}
	}
	for method, want := range map[Rule]Rule{Zero: Zero, Boosted: Boosted, Shuffled: Shuffled} {
		if got := c.RuleOf(method); got != want {
			t.Errorf("%s without a control is %s", method, got)
		}
	}
}

// With a horizon the same share of the run weighs the same, whatever its length.
func TestHorizon(t *testing.T) {
	c := Published()
	if got := c.BetaOf(20); got != 0.97 {
		t.Errorf("beta %v without a horizon", got)
	}
	c.Horizon = 2000
	for epochs, want := range map[int]float64{2000: 0.97, 1000: 0.97 * 0.97, 200: math.Pow(0.97, 10), 4000: math.Sqrt(0.97)} {
		if got := c.BetaOf(epochs); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d epochs: beta %v, want %v", epochs, got, want)
		}
		if tenth := math.Pow(c.BetaOf(epochs), float64(epochs)/10); math.Abs(tenth-math.Pow(0.97, 200)) > 1e-12 {
			t.Errorf("%d epochs: the weight of a tenth of the run ago is %v", epochs, tenth)
		}
	}
	m, err := c.New(2, 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Observe(all(2), []float32{0, 0})
	m.Observe(all(2), []float32{1, 1})
	if want := float32(1 - 0.97*0.97); m.Loss()[0] != want {
		t.Errorf("momentum %v, want %v", m.Loss()[0], want)
	}
}

func TestRanks(t *testing.T) {
	for _, c := range []struct {
		values []float32
		want   []float64
	}{
		{[]float32{3, -1, 100, 2}, []float64{2.0 / 3, 0, 1, 1.0 / 3}},
		{[]float32{5, 1, 5, 1, 0}, []float64{0.875, 0.375, 0.875, 0.375, 0}},
		{[]float32{4, 4, 4}, []float64{0.5, 0.5, 0.5}},
		{[]float32{1, 2}, []float64{0, 1}},
	} {
		got := Ranks(c.values)
		sum := 0.0
		for i, w := range c.want {
			sum += got[i]
			if math.Abs(got[i]-w) > 1e-15 {
				t.Errorf("%v: %v, want %v", c.values, got, c.want)
			}
		}
		if math.Abs(sum/float64(len(got))-0.5) > 1e-15 {
			t.Errorf("%v: the mean of %v is not 1/2", c.values, got)
		}
	}
	c := Published()
	c.Weights = Ranked
	m, err := c.New(4, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	m.Observe(all(4), []float32{3, -1, 100, 2})
	if err := m.EndEpoch(); err != nil || m.Weight(2) != 1 || m.Weight(3) != 1.0/3 {
		t.Errorf("weights %v, %v", m.weights, err)
	}
}

// The oracle boosts small classes, by the weighting of the memory, and like it from the second
// epoch on.
func TestOracle(t *testing.T) {
	sizes := []int{4, 4, 4, 4, 2, 2, 1}
	for _, w := range weightings {
		c := Published()
		c.Control, c.Weights = Oracle, w.name
		m, err := c.New(7, 10, sizes)
		if err != nil {
			t.Fatal(err)
		}
		m.Observe(all(7), []float32{9, 8, 7, 6, 5, 4, 3})
		if err := m.EndEpoch(); err != nil {
			t.Fatal(err)
		}
		got := weightsOf(m, c.RuleOf(Boosted), 1, 2)
		if got[0] != got[3] || !(got[0] < got[4]) || got[4] != got[5] || !(got[5] < got[6]) || got[6] != 1 {
			t.Errorf("%s: %v", w.name, got)
		}
		sum := 0.0
		for i, v := range weightsOf(m, InvertedOracle, 1, 2) {
			sum += v
			if v != 1-got[i] {
				t.Errorf("%s: inverted %v of %v", w.name, v, got[i])
			}
		}
		if math.Abs(sum-3.5) > 1e-6 {
			t.Errorf("%s: the mean is not 1/2: %v", w.name, got)
		}
		if before := m.Weight(0); before != w.of(m.Loss())[0] {
			t.Errorf("%s: the memory's own weight is %v", w.name, before)
		}
		if _, err := c.New(7, 10, nil); err == nil || !strings.Contains(err.Error(), "sizes of classes: 0 of them for 7") {
			t.Errorf("without sizes: error %v", err)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for want, change := range map[string]func(c *Config){
		"Beta is 1, expected in [0, 1)":                                         func(c *Config) { c.Beta = 1 },
		"Horizon is -1, expected a number of epochs":                            func(c *Config) { c.Horizon = -1 },
		"Signal is purity, expected one of loss, align, density, colt":          func(c *Config) { c.Signal = signal.Purity },
		"Weights is log, expected one of published, rank":                       func(c *Config) { c.Weights = "log" },
		"Control is zero, expected one of none, constant, shuffled, shuffled-o": func(c *Config) { c.Control = Zero },
	} {
		c := Published()
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
		if _, err := c.New(3, 10, nil); err == nil {
			t.Errorf("%s: a memory", want)
		}
	}
	if err := Published().Check(); err != nil {
		t.Error(err)
	}
	if want := []string{"none", "constant", "shuffled", "shuffled-once", "inverted", "oracle", "inverted-oracle"}; !slices.Equal(Controls(), want) {
		t.Errorf("controls %v, want %v", Controls(), want)
	}
	c := Published()
	c.Control = Inverted
	if c.RuleOf(Zero) != Zero || c.RuleOf(Boosted) != Inverted || c.NeedsLabels() {
		t.Errorf("%s, %s", c.RuleOf(Zero), c.RuleOf(Boosted))
	}
}

// Ranks spread evenly what an outlier crowds together.
func ExampleRanks() {
	momentum := []float32{2.0, 2.2, 2.1, 5.1}
	fmt.Printf("%.2f\n%.2f\n", Weights(momentum), Ranks(momentum))
	// Output:
	// [0.31 0.36 0.33 1.00]
	// [0.00 0.67 0.33 1.00]
}
