package memory

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// all returns 0..n-1.
func all(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func newMemory(t *testing.T, n int, beta float64) *Memory {
	t.Helper()
	m, err := New(n, beta)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMomentum(t *testing.T) {
	m := newMemory(t, 3, 0.75)
	m.Observe([]int{2, 0}, []float32{4, 1})
	m.Observe([]int{1}, []float32{2})
	if want := []float32{1, 2, 4}; !slices.Equal(m.Loss(), want) {
		t.Errorf("first losses %v, want %v", m.Loss(), want)
	}
	m.Observe([]int{1, 2}, []float32{6, 0})
	if want := []float32{1, 3, 3}; !slices.Equal(m.Loss(), want) {
		t.Errorf("momentum losses %v, want %v", m.Loss(), want)
	}
}

// Weights are in [0, 1] with mean 1/2, in the order of the losses, and the sample
// furthest from the mean gets 0 or 1.
func TestWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		loss := make([]float32, 2+r.IntN(200))
		scale := math.Pow(10, 6*r.Float64()-3)
		for i := range loss {
			loss[i] = float32(scale * (5 + math.Abs(r.NormFloat64())))
		}
		w := Weights(loss)
		sum, least, most := 0.0, 1.0, 0.0
		for i, v := range w {
			sum += v
			least, most = min(least, v), max(most, v)
			for j := range w {
				if (loss[i] < loss[j]) != (v < w[j]) {
					t.Fatalf("losses %v, %v have weights %v, %v", loss[i], loss[j], v, w[j])
				}
			}
		}
		if mean := sum / float64(len(w)); math.Abs(mean-0.5) > 1e-9 {
			t.Errorf("%d samples: mean weight %v", len(w), mean)
		}
		if least < 0 || most > 1 || least != 0 && most != 1 {
			t.Errorf("%d samples: weights from %v to %v", len(w), least, most)
		}
	}
}

func TestWeightsByHand(t *testing.T) {
	// Mean 2; distances -2, -1, 3.
	w := Weights([]float32{0, 1, 5})
	for i, want := range []float64{0.5 - 2.0/6, 0.5 - 1.0/6, 1} {
		if math.Abs(w[i]-want) > 1e-15 {
			t.Errorf("weights %v", w)
		}
	}
	for _, v := range Weights([]float32{3, 3, 3, 3}) {
		if v != 0.5 {
			t.Errorf("constant losses: weight %v, want 0.5", v)
		}
	}
}

func TestWeightIsZeroBeforeTheFirstEpochEnds(t *testing.T) {
	m := newMemory(t, 2, 0.97)
	m.Observe(all(2), []float32{1, 3})
	if m.Len() != 2 || m.Weight(0) != 0 || m.Weight(1) != 0 {
		t.Errorf("weights %v %v before EndEpoch", m.Weight(0), m.Weight(1))
	}
	if err := m.EndEpoch(); err != nil {
		t.Fatal(err)
	}
	m.Observe(all(2), []float32{100, 0}) // changes the weights only at the end of the epoch
	if m.Weight(0) != 0 || m.Weight(1) != 1 {
		t.Errorf("weights %v %v, want 0 1", m.Weight(0), m.Weight(1))
	}
}

func TestErrors(t *testing.T) {
	for _, n := range []int{-1, 0, 1} {
		if _, err := New(n, 0.5); err == nil || !strings.Contains(err.Error(), "at least 2") {
			t.Errorf("%d samples: error %v", n, err)
		}
	}
	for _, beta := range []float64{-0.1, 1, 2, math.NaN(), math.Inf(1)} {
		if _, err := New(2, beta); err == nil || !strings.Contains(err.Error(), "momentum_loss_beta") {
			t.Errorf("beta %v: error %v", beta, err)
		}
	}
	m := newMemory(t, 3, 0)
	m.Observe([]int{0, 2}, []float32{1, 2})
	if err := m.EndEpoch(); err == nil || !strings.Contains(err.Error(), "sample 1") {
		t.Errorf("sample 1 was not seen: error %v", err)
	}
	if m.Weight(0) != 0 {
		t.Error("a failed EndEpoch made weights")
	}
}

func TestStateRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	draw := func() []float32 {
		l := make([]float32, 5)
		for i := range l {
			l[i] = r.Float32()
		}
		return l
	}
	a := newMemory(t, 5, 0.9)
	for step := range 6 {
		// Also in the middle of the first epoch, with some samples not seen yet.
		s := a.State()
		b := newMemory(t, 5, 0.9)
		if err := b.SetState(s); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("step %d: state %+v became %+v", step, a, b)
		}
		l := draw()
		b.Observe(all(5), l)
		if step > 0 && slices.Equal(a.Loss(), b.Loss()) || !reflect.DeepEqual(s, a.State()) {
			t.Errorf("step %d: two memories share their state", step)
		}
		if step == 0 {
			a.Observe([]int{1, 3}, l[:2])
			continue
		}
		a.Observe(all(5), l)
		if err := a.EndEpoch(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStateOfAnotherSize(t *testing.T) {
	m := newMemory(t, 3, 0.9)
	m.Observe(all(3), []float32{1, 2, 3})
	before := m.State()
	for name, s := range map[string]State{
		"none":    {},
		"loss":    {Loss: make([]float32, 4), Seen: make([]bool, 3)},
		"seen":    {Loss: make([]float32, 3), Seen: make([]bool, 2)},
		"weights": {Loss: make([]float32, 3), Seen: make([]bool, 3), Weights: make([]float64, 1)},
	} {
		if err := m.SetState(s); err == nil || !strings.Contains(err.Error(), "expected 3") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if !reflect.DeepEqual(m.State(), before) {
		t.Error("a state that does not fit changed the memory")
	}
}
