package memory

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// The weights of momentum losses are those that a memory of a run has, for each rule, weighting
// and control.
func TestTrained(t *testing.T) {
	losses, sizes := []float32{1, 5, 2, 9, 2.5, 3}, []int{3, 3, 3, 2, 2, 1}
	for _, weighting := range Weightings() {
		for _, control := range Controls() {
			for _, method := range []Rule{Zero, Boosted, Constant, Shuffled} {
				c := Published()
				c.Weights, c.Control = Weighting(weighting), Rule(control)
				m, err := c.New(6, 100, sizes)
				if err != nil {
					t.Fatal(err)
				}
				m.Observe(all(6), losses)
				if err := m.EndEpoch(); err != nil {
					t.Fatal(err)
				}
				want := weightsOf(m, c.RuleOf(method), 4, 8)
				got, err := c.Trained(method, losses, 4, 8, sizes)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%s, %s, %s: %v, %v, want %v", weighting, control, method, got, err, want)
				}
			}
		}
	}
	c := Published()
	if _, err := c.Trained(Boosted, []float32{1, float32(math.NaN()), 2}, 1, 2, nil); err == nil || !strings.Contains(err.Error(), "sample 1 is NaN") {
		t.Errorf("NaN: error %v", err)
	}
	c.Weights = "log"
	if _, err := c.Trained(Boosted, losses, 1, 2, nil); err == nil {
		t.Error("no such weighting: no error")
	}
	if got := SizesOf([]int{0, 1, 0, 2}); !slices.Equal(got, []int{2, 1, 2, 1}) {
		t.Errorf("sizes %v", got)
	}
	if got := SizesOf([]int{0, -1}); got != nil {
		t.Errorf("without a label: sizes %v", got)
	}
}
