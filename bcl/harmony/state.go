package harmony

import (
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
)

// State returns a copy of what a checkpoint needs of h: history (N x K), shares (K, or
// None before the first estimate) and loss_sum. The directions come from the seed.
func (h *Harmony) State() state.Dict {
	p := h.population
	var shares any
	if p.shares != nil {
		shares = torch.FromSlice(p.shares)
	}
	return state.Dict{
		{Name: "history", Value: torch.FromSlice(p.history, int64(p.Len()), int64(p.classes))},
		{Name: "shares", Value: shares},
		{Name: "loss_sum", Value: h.lossSum},
	}
}

// SetState restores a state of a run with as many samples and classes.
func (h *Harmony) SetState(s state.Dict) error {
	r := &state.Reader{Dict: s}
	history, shares, sum := state.Slice[float32](r, "history"), state.Slice[float64](r, "shares"), r.Float("loss_sum")
	if r.Err != nil {
		return r.Err
	}
	p := h.population
	if len(history) != len(p.history) || shares != nil && len(shares) != p.classes {
		return fmt.Errorf("harmony: %d numbers of history and %d shares, expected %d samples x %d classes", len(history), len(shares), p.Len(), p.classes)
	}
	for i, v := range history {
		if math.IsNaN(float64(v)) {
			return fmt.Errorf("harmony: the history of sample %d has a NaN", i/p.classes)
		}
	}
	copy(p.history, history)
	for i := range p.label {
		p.relabel(i)
	}
	p.shares = slices.Clone(shares)
	h.lossSum = sum
	return nil
}
