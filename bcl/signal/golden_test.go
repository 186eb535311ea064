package signal

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// goldens are values of PyTorch and scikit-learn (testdata/make_goldens.py).
type goldens struct {
	Batches []struct {
		Batch
		Signals map[Name][]float64
	}
	Sets []struct {
		Set
		Signals map[Name][]float64
	}
	History [][]float32
	Over    map[string][]float64
}

func readGoldens(t *testing.T) (g goldens) {
	t.Helper()
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func near(t *testing.T, what any, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%v: %d values, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Errorf("%v of sample %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestFormulasArePyTorchs(t *testing.T) {
	g := readGoldens(t)
	batches, sets := 0, 0
	for _, s := range All() {
		for _, b := range g.Batches {
			if s.OfBatch != nil {
				batches++
				near(t, s.Name, s.OfBatch(b.Batch), b.Signals[s.Name], 1e-12)
			}
		}
		for _, w := range g.Sets {
			if s.OfSet != nil {
				sets++
				near(t, s.Name, s.OfSet(w.Set), w.Signals[s.Name], 1e-12)
			}
		}
		if s.OfBatch == nil && s.OfSet == nil {
			t.Errorf("%s has no formula", s.Name)
		}
	}
	if batches != 4*6 || sets != 5 {
		t.Errorf("%d comparisons of batches and %d of sets", batches, sets)
	}
	for _, o := range Overs()[1:] {
		near(t, o.Name, o.Of(g.History), g.Over[o.Name], 1e-12)
	}
}
