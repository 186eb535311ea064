package train

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// statistics are the buffers that passes update before the optimiser's step: running
// means and variances, and num_batches_tracked. Their previous values are kept, so an
// interrupted step changes nothing; those of a few steps where the losses come late.
type statistics struct {
	names           []string
	buffers, before []torch.Tensor
	byType          []values // the same, each of one type: copied by one kernel, not one each
	kept            bool     // a step is in progress; before holds the valid values
}

// values are now, before the last step, before the one before it, and so on.
type values [][]torch.Tensor

// buffered is an Objective whose Losses changes tensors in place that are neither parameters
// nor of its network's state dict: they stay as they were if the step is not taken.
type buffered interface{ Buffers() []nn.Named }

// newStatistics returns the statistics of o, with their values before the last few steps.
// They belong to the current scope.
func newStatistics(o Objective, steps int) *statistics {
	net := o.Network()
	parameter := map[string]bool{}
	for _, p := range nn.NamedParameters(net) {
		parameter[p.Name] = true
	}
	var s statistics
	changed := nn.StateDict(net)
	if b, ok := o.(buffered); ok {
		changed = append(changed, b.Buffers()...)
	}
	for _, n := range changed {
		if !parameter[n.Name] {
			s.names = append(s.names, n.Name)
			s.buffers = append(s.buffers, n.Tensor)
			s.before = append(s.before, n.Tensor.Clone())
		}
	}
	at := map[torch.DType]int{}
	for i, b := range s.buffers {
		k, known := at[b.DType()]
		if !known {
			k = len(s.byType)
			at[b.DType()] = k
			s.byType = append(s.byType, make(values, 1+steps))
		}
		v := s.byType[k]
		v[0], v[1] = append(v[0], b), append(v[1], s.before[i])
		for age := 2; age < len(v); age++ {
			v[age] = append(v[age], b.Clone())
		}
	}
	return &s
}

// Ages of values, for copy: now, before the step, and set aside within it.
const now, before, aside = 0, 1, 2

// keep backs up the current values.
func (s *statistics) keep() {
	s.copy(before, now)
	s.kept = true
}

// shift backs up the current values and those of the steps before, as part of a step that is
// over for the host when it is given.
func (s *statistics) shift() {
	for age := len(s.byType[0]) - 1; age > 0; age-- {
		s.copy(age, age-1)
	}
}

// freeze returns a function that restores the current values. Their copies belong to the
// current scope.
func (s *statistics) freeze() (restore func()) {
	var now [][]torch.Tensor
	for _, v := range s.byType {
		var list []torch.Tensor
		for _, b := range v[0] {
			list = append(list, b.Clone())
		}
		now = append(now, list)
	}
	return func() {
		for i, v := range s.byType {
			torch.Run("_foreach_copy_", v[0], now[i], false)
		}
	}
}

// undo restores the values of before the last few steps.
func (s *statistics) undo(steps int) { s.copy(0, steps) }

func (s *statistics) copy(to, from int) {
	for _, v := range s.byType {
		torch.Run("_foreach_copy_", v[to], v[from], false)
	}
}

// drop makes the current buffers the valid ones.
func (s *statistics) drop() { s.kept = false }
