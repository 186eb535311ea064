package harmony

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// same reports whether two states have the same bytes.
func same(a, b state.Dict) bool {
	for i, e := range a {
		x, isTensor := e.Value.(torch.Tensor)
		if isTensor {
			y, ok := b[i].Value.(torch.Tensor)
			if !ok || !bytes.Equal(x.Bytes(), y.Bytes()) {
				return false
			}
		} else if e != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// A state that is restored within an epoch, with and without shares, gives the losses,
// means and states of its run; it is a copy.
func TestStateResumes(t *testing.T) {
	for taken := 1; taken <= 4; taken++ {
		torchtest.Do(t, func() {
			h := New(small, samples, dim, epochs, 7, torch.CPU)
			z1, z2 := projections(h)
			for epoch := 1; epoch < taken; epoch++ {
				step(t, h, epoch, []int{0, 1}, z1, z2)
				step(t, h, epoch, []int{2, 3}, z2, z1)
				h.EndEpoch()
			}
			step(t, h, taken, []int{0, 1}, z1, z2)
			s := h.State()
			resumed := New(small, samples, dim, epochs, 7, torch.CPU)
			if err := resumed.SetState(s); err != nil {
				t.Fatal(err)
			}
			if !same(resumed.State(), s) {
				t.Errorf("taken in epoch %d: the restored state differs", taken)
			}
			for epoch := taken; epoch <= 4; epoch++ {
				a, b := step(t, h, epoch, []int{2, 3}, z2, z1), step(t, resumed, epoch, []int{2, 3}, z2, z1)
				if a.Defined() != b.Defined() || a.Defined() && torch.Item[float64](a) != torch.Item[float64](b) {
					t.Errorf("taken in epoch %d: another loss in epoch %d", taken, epoch)
				}
				if !same(h.State(), resumed.State()) || same(s, h.State()) {
					t.Errorf("taken in epoch %d: after epoch %d the states differ, or the one taken changed", taken, epoch)
				}
				if x, y := h.EndEpoch(), resumed.EndEpoch(); x != y || (x > 0) != (epoch >= small.From) {
					t.Errorf("taken in epoch %d: means %v and %v of epoch %d", taken, x, y, epoch)
				}
			}
		})
	}
}

// A state that does not fit is an error that names what is wrong, and changes nothing.
func TestSetStateErrors(t *testing.T) {
	torchtest.Do(t, func() {
		h := New(small, samples, dim, epochs, 7, torch.CPU)
		z1, z2 := projections(h)
		step(t, h, 2, []int{0, 1}, z1, z2)
		before := h.State()
		nan := make([]float32, samples*3)
		nan[7] = float32(math.NaN())
		for want, change := range map[string]state.Entry{
			"history is missing":                    {Name: "history"},
			"shares is missing":                     {Name: "shares"},
			"loss_sum is missing":                   {Name: "loss_sum"},
			"history is a int":                      {Name: "history", Value: 3},
			"loss_sum is a int, expected a float64": {Name: "loss_sum", Value: 3},
			"shares is float32":                     {Name: "shares", Value: torch.Zeros([]int64{3})},
			"9 numbers of history":                  {Name: "history", Value: torch.Zeros([]int64{3, 3})},
			"and 2 shares, expected":                {Name: "shares", Value: torch.FromSlice([]float64{0.5, 0.5})},
			"history of sample 2 has a":             {Name: "history", Value: torch.FromSlice(nan, samples, 3)},
		} {
			var s state.Dict
			for _, e := range before {
				switch {
				case e.Name != change.Name:
					s = append(s, e)
				case change.Value != nil:
					s = append(s, change)
				}
			}
			if err := h.SetState(s); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
			if !same(h.State(), before) {
				t.Errorf("%s: the state changed", want)
			}
		}
	})
}
