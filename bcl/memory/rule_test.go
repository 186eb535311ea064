package memory

import (
	"fmt"
	"slices"
	"testing"
)

func remembering(t *testing.T, n int) *Memory {
	t.Helper()
	m, err := New(n, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		m.Observe([]int{i}, []float32{float32(i*i%7) + float32(i)/100})
	}
	return m
}

func weightsOf(m *Memory, r Rule, seed uint64, epoch int) []float64 {
	weight := m.Rule(r, seed, epoch)
	w := make([]float64, m.Len())
	for i := range w {
		w[i] = weight(i)
	}
	return w
}

// In the first epoch every rule gives 0: all methods start the same way.
func TestRulesBeginWithZero(t *testing.T) {
	m := remembering(t, 10)
	for _, r := range []Rule{Zero, Boosted, Constant, Shuffled, ShuffledOnce, Inverted, Oracle, InvertedOracle} {
		if w := weightsOf(m, r, 1, 1); slices.Max(w) != 0 || slices.Min(w) != 0 {
			t.Errorf("%v: weights %v before the first epoch is over", r, w)
		}
	}
}

func TestRules(t *testing.T) {
	m := remembering(t, 50)
	if err := m.EndEpoch(); err != nil {
		t.Fatal(err)
	}
	truth := Weights(m.Loss())
	if got := weightsOf(m, Boosted, 1, 2); !slices.Equal(got, truth) {
		t.Errorf("boosted: %v, want %v", got, truth)
	}
	if got := weightsOf(m, Zero, 1, 2); !slices.Equal(got, make([]float64, 50)) {
		t.Errorf("zero: %v", got)
	}
	if got := weightsOf(m, Constant, 1, 2); !slices.Equal(got, slices.Repeat([]float64{0.5}, 50)) {
		t.Errorf("constant: %v", got)
	}
	a := weightsOf(m, Shuffled, 1, 2)
	if slices.Equal(a, truth) {
		t.Error("shuffled: every sample has its own weight")
	}
	if !slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(truth))) {
		t.Error("shuffled: not the same weights in another order")
	}
	if !slices.Equal(a, weightsOf(m, Shuffled, 1, 2)) {
		t.Error("shuffled: the same seed and epoch give another order")
	}
	if slices.Equal(a, weightsOf(m, Shuffled, 1, 3)) || slices.Equal(a, weightsOf(m, Shuffled, 2, 2)) {
		t.Error("shuffled: another epoch or seed gives the same order")
	}
	once := weightsOf(m, ShuffledOnce, 1, 2)
	if slices.Equal(once, truth) || slices.Equal(once, a) || !slices.Equal(slices.Sorted(slices.Values(once)), slices.Sorted(slices.Values(truth))) {
		t.Error("shuffled once: not the same weights in an order of its own")
	}
	if !slices.Equal(once, weightsOf(m, ShuffledOnce, 1, 3)) || slices.Equal(once, weightsOf(m, ShuffledOnce, 2, 2)) {
		t.Error("shuffled once: another order in another epoch, or the same with another seed")
	}
	for i, w := range weightsOf(m, Inverted, 1, 2) {
		if w != 1-truth[i] {
			t.Fatalf("inverted: weight %v of %v", w, truth[i])
		}
	}
	for _, r := range []Rule{None, "other"} {
		if got := weightsOf(m, r, 1, 2); slices.Max(got) != 0 {
			t.Errorf("%s: %v", r, got)
		}
	}
}

func ExampleMemory_Rule() {
	m, _ := New(4, 0.97)
	m.Observe([]int{0, 1, 2, 3}, []float32{1, 2, 3, 6})
	m.EndEpoch()
	for _, r := range []Rule{Zero, Boosted, Constant} {
		weight := m.Rule(r, 10, 2)
		fmt.Printf("%v: %.2f %.2f %.2f %.2f\n", r, weight(0), weight(1), weight(2), weight(3))
	}
	// Output:
	// zero: 0.00 0.00 0.00 0.00
	// boosted: 0.17 0.33 0.50 1.00
	// constant: 0.50 0.50 0.50 0.50
}
