package optim_test

import (
	"math"
	"testing"

	"github.com/bcl-go/bcl/torch/optim"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The warm-up equals the published schedule bit for bit; the cosine is np.cos there and
// math.Cos here, which differ in the last bit.
func TestWarmupCosineIsThePublished(t *testing.T) {
	var cases []struct {
		Base          float64
		Warmup, Total int
		LR            []float64
	}
	torchtest.Open(t, goldenFile).JSON("cosine", &cases)
	for _, c := range cases {
		s := optim.WarmupCosine{Base: c.Base, Min: 1e-6, Warmup: c.Warmup, Total: c.Total}
		for i, want := range c.LR {
			step := i + 1 // the method advances before each step
			got := s.At(step)
			if step < c.Warmup && got != want || !(math.Abs(got-want) <= 2.3e-16*c.Base) {
				t.Errorf("%d of %d steps, %d of warm-up: %v, want %v", step, c.Total, c.Warmup, got, want)
			}
		}
		if len(c.LR) != c.Total {
			t.Errorf("%d learning rates for %d steps", len(c.LR), c.Total)
		}
	}
}

func TestWarmupCosineEnds(t *testing.T) {
	s := optim.WarmupCosine{Base: 0.5, Min: 1e-6, Warmup: 10, Total: 100}
	for step, want := range map[int]float64{0: 0, 5: 0.25, 10: 0.5, 55: (0.5 + 1e-6) / 2, 100: 1e-6} {
		if got := s.At(step); !(math.Abs(got-want) <= 1e-15) {
			t.Errorf("step %d: %v, want %v", step, got, want)
		}
	}
	// A run no longer than its warm-up ends at the full rate, not with 0/0.
	for _, total := range []int{10, 5} {
		s.Total = total
		for step := 1; step <= total; step++ {
			if got, want := s.At(step), 0.5*float64(step)/10; !(math.Abs(got-want) <= 1e-15) {
				t.Errorf("%d steps in total: step %d: %v, want %v", total, step, got, want)
			}
		}
	}
}

func TestExponentialIsPyTorchs(t *testing.T) {
	var cases []struct {
		Base, Last float64
		Epochs     int
		LR         []float64
	}
	torchtest.Open(t, goldenFile).JSON("exponential", &cases)
	for _, c := range cases {
		s := optim.Exponential{Base: c.Base, Last: c.Last, Epochs: c.Epochs}
		for epoch, want := range c.LR {
			if got := s.At(epoch); got != want {
				t.Errorf("epoch %d of %d: %v, want %v", epoch, c.Epochs, got, want)
			}
		}
		if got := s.At(c.Epochs); math.Abs(got/c.Last-1) > 1e-12 {
			t.Errorf("after %d epochs: %v, want %v", c.Epochs, got, c.Last)
		}
	}
}
