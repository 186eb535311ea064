package memory

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// The momentum loss has the bits of the published formula in torch float32. The weights
// are computed in float64 here; torch rounds each of its float32 steps, a difference of
// at most a few units of 2^-24.
func TestFiveEpochsArePyTorchs(t *testing.T) {
	b, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Versions map[string]string
		Beta     float64
		Epochs   []struct {
			Order            []int
			Losses, Momentum []float32
			Weights          []float32
		}
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	m, err := New(len(g.Epochs[0].Losses), g.Beta)
	if err != nil {
		t.Fatal(err)
	}
	furthest := 0.0
	for e, epoch := range g.Epochs {
		for lo := 0; lo < len(epoch.Order); lo += 10 { // the last batch is smaller
			batch := epoch.Order[lo:min(lo+10, len(epoch.Order))]
			losses := make([]float32, len(batch))
			for k, i := range batch {
				losses[k] = epoch.Losses[i]
			}
			m.Observe(batch, losses)
		}
		if err := m.EndEpoch(); err != nil {
			t.Fatal(err)
		}
		for i, want := range epoch.Momentum {
			if got := m.Loss()[i]; got != want {
				t.Errorf("epoch %d, sample %d: momentum loss %v, want %v", e+1, i, got, want)
			}
			d := math.Abs(m.Weight(i) - float64(epoch.Weights[i]))
			furthest = max(furthest, d)
			if d > 2.4e-7 {
				t.Errorf("epoch %d, sample %d: weight %v, want %v", e+1, i, m.Weight(i), epoch.Weights[i])
			}
		}
	}
	t.Logf("%v: weights differ by at most %.2g", g.Versions, furthest)
}
