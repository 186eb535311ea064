package harmony

import (
	"fmt"
	"math"
	"slices"
)

// State is what a checkpoint needs of a Harmony: the directions come from the seed.
type State struct {
	History []float32 // N x K
	Shares  []float64 // K; nil before the first estimate
	LossSum float64
}

// State returns a copy of h's state.
func (h *Harmony) State() State {
	p := h.population
	return State{slices.Clone(p.history), slices.Clone(p.shares), h.lossSum}
}

// SetState puts back a state of a run with as many samples and classes.
func (h *Harmony) SetState(s State) error {
	p := h.population
	if len(s.History) != len(p.history) || s.Shares != nil && len(s.Shares) != p.classes {
		return fmt.Errorf("harmony: %d numbers of history and %d shares, expected %d samples x %d classes", len(s.History), len(s.Shares), p.Len(), p.classes)
	}
	for i, v := range s.History {
		if math.IsNaN(float64(v)) {
			return fmt.Errorf("harmony: the history of sample %d has a NaN", i/p.classes)
		}
	}
	copy(p.history, s.History)
	for i := range p.label {
		p.relabel(i)
	}
	p.shares = slices.Clone(s.Shares)
	h.lossSum = s.LossSum
	return nil
}

// Classes returns K, the width of the history.
func (h *Harmony) Classes() int { return h.population.classes }
