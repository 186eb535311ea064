package harmony

import (
	"math"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

const (
	samples = 4
	dim     = 3
	epochs  = 6
)

// small has the loss from epoch 3 on, at half its weight in epoch 3.
var small = Config{Classes: 3, From: 3, Ramp: 2, Weight: 0.5, Momentum: 0.75, Iterations: 50, Floor: 1}

// projections of two samples by two views, that point to classes 0 and 1, or 1 and 2.
func projections(h *Harmony) (z1, z2 torch.Tensor) {
	z := h.directions.Add(torch.Arange(0, 9).To(torch.Float32).View(3, 3).MulScalar(0.02))
	return z.Narrow(0, 0, 2).Clone().SetRequiresGrad(true), z.Narrow(0, 1, 2).Clone().SetRequiresGrad(true)
}

// step is a training step without a network.
func step(t *testing.T, h loss.Auxiliary, epoch int, batch []int, z1, z2 torch.Tensor) torch.Tensor {
	t.Helper()
	l, err := h.Loss(epoch, z1, z2)
	if err != nil {
		t.Fatal(err)
	}
	h.Observe(epoch, batch)
	return l
}

func TestNew(t *testing.T) {
	torchtest.Do(t, func() {
		h := New(small, samples, dim, epochs, 7, torch.CPU)
		if got, want := torch.Slice[float32](h.directions), Simplex(3, dim, 7); !slices.EqualFunc(got, want, func(a float32, b float64) bool { return a == float32(b) }) {
			t.Errorf("directions %v, want %v", got, want)
		}
		if !slices.Equal(h.directions.Shape(), []int64{3, dim}) || h.population.Len() != samples || h.first != 3 || h.EndEpoch() != 0 {
			t.Errorf("%v, %d samples, first epoch %d", h.directions.Shape(), h.population.Len(), h.first)
		}
		var settings loss.AuxiliaryConfig = small
		if epoch, share := settings.Restart(epochs); epoch != 0 || share != 0 || settings.Name() != "harmony" {
			t.Errorf("%s: another cosine from epoch %d at %v", settings.Name(), epoch, share)
		}
		half := small
		half.From, half.LRShare = 0, 0.6
		if epoch, share := half.Restart(epochs); epoch != epochs/2+1 || share != 0.6 {
			t.Errorf("the second cosine is from epoch %d at %v", epoch, share)
		}
		var a loss.Auxiliary = half.New(samples, dim, epochs, 8, torch.CPU)
		other := a.(*Harmony)
		if other.first != epochs/2+1 || torchtest.Difference(other.directions, h.directions) == 0 {
			t.Errorf("first epoch %d; directions of another seed differ by %v", other.first, torchtest.Difference(other.directions, h.directions))
		}
	})
}

// The loss starts at From, grows over Ramp, uses the shares, and has gradients for both
// views.
func TestLossOfEpochs(t *testing.T) {
	torchtest.Do(t, func() {
		h := New(small, samples, dim, epochs, 7, torch.CPU)
		if _, err := h.Loss(3, h.directions, h.directions); err == nil {
			t.Error("a loss without shares of classes has no error")
		}
		z1, z2 := projections(h)
		for epoch := 1; epoch <= 4; epoch++ {
			if (epoch > 2) != (h.population.Shares() != nil) {
				t.Errorf("before epoch %d: shares %v", epoch, h.population.Shares())
			}
			weight := []float64{0, 0, 0.25, 0.5}[epoch-1]
			l := step(t, h, epoch, []int{0, 1}, z1, z2)
			if weight == 0 {
				if l.Defined() || h.EndEpoch() != 0 {
					t.Errorf("epoch %d has a loss", epoch)
				}
				continue
			}
			plain := Loss(Logits(z1, h.directions), Logits(z2, h.directions), torch.FromSlice(h.population.Shares()).To(torch.Float32), small.Iterations)
			want := torch.Item[float64](plain)
			if got := torch.Item[float64](l); math.Abs(got-weight*want) > 1e-6 || want < 0.1 {
				t.Errorf("epoch %d: loss %v, want %v times %v", epoch, got, weight, want)
			}
			for i, g := range torch.Grad(l, []torch.Tensor{z1, z2}, torch.GradOptions{}) {
				if norm := torch.Item[float64](g.Norm()); !(norm > 1e-3) {
					t.Errorf("epoch %d: the gradient by view %d has the size %v", epoch, i+1, norm)
				}
			}
			// Two of the four samples were seen.
			if mean := h.EndEpoch(); math.Abs(mean-want/2) > 1e-6 || h.EndEpoch() != 0 {
				t.Errorf("epoch %d: mean %v, want %v, and 0 after it was read", epoch, mean, want/2)
			}
		}
	})
}

// Observe records first views, with the epoch's share of the past, at the index of each
// sample; Loss records nothing.
func TestObserve(t *testing.T) {
	torchtest.Do(t, func() {
		h := New(small, samples, dim, epochs, 7, torch.CPU)
		z1, z2 := projections(h)
		t1, t2 := torch.Slice[float32](Logits(z1, h.directions)), torch.Slice[float32](Logits(z2, h.directions))
		history := h.population.history
		near := func(when string, sample int, want func(k int) float32) {
			t.Helper()
			for k, got := range h.population.row(sample) {
				if math.Abs(float64(got-want(k))) > 1e-6 {
					t.Errorf("%s: history of sample %d is %v", when, sample, h.population.row(sample))
					return
				}
			}
		}
		if _, err := h.Loss(1, z2, z1); err != nil || slices.ContainsFunc(history, func(v float32) bool { return v != 0 }) {
			t.Errorf("error %v, history of a step that was dropped %v", err, history)
		}
		step(t, h, 1, []int{3, 1}, z1, z2)
		near("epoch 1", 3, func(k int) float32 { return t1[k] })
		near("epoch 1", 1, func(k int) float32 { return t1[3+k] })
		near("epoch 1", 0, func(int) float32 { return 0 })
		step(t, h, 2, []int{3, 1}, z2, z1)
		near("epoch 2", 3, func(k int) float32 { return 0.9*t1[k] + 0.1*t2[k] })
		// Samples 0 and 2 count as class 0, 3 points to it, 1 to class 1; and one more in each.
		if want := []float64{4. / 7, 2. / 7, 1. / 7}; !slices.Equal(h.population.Shares(), want) {
			t.Errorf("shares %v, want %v", h.population.Shares(), want)
		}
		shares := slices.Clone(h.population.Shares())
		step(t, h, 3, []int{0, 1}, z2, z1)
		near("epoch 3", 0, func(k int) float32 { return 0.25 * t2[k] })
		if !slices.Equal(h.population.Shares(), shares) {
			t.Errorf("epoch 3 estimated the shares %v", h.population.Shares())
		}
		if step(t, h, 20, []int{0, 1}, z2, z1); slices.Equal(h.population.Shares(), shares) {
			t.Error("epoch 20 estimated no shares")
		}
	})
}
