package train

import (
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// statistics are the buffers that passes update before the optimiser's step: running
// means and variances, and num_batches_tracked. Their previous values are kept, so an
// interrupted step changes nothing.
type statistics struct {
	names           []string
	buffers, before []torch.Tensor
	byType          []pair // of the same, each of one type: copied by one kernel, not one each
	kept            bool   // a step is in progress; before holds the valid values
}

type pair struct{ buffers, before []torch.Tensor }

// newStatistics returns the statistics of net. Their copies belong to the current scope.
func newStatistics(net model.Network) *statistics {
	parameter := map[string]bool{}
	for _, p := range nn.NamedParameters(net) {
		parameter[p.Name] = true
	}
	var s statistics
	for _, n := range nn.StateDict(net) {
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
			s.byType = append(s.byType, pair{})
		}
		p := &s.byType[k]
		p.buffers, p.before = append(p.buffers, b), append(p.before, s.before[i])
	}
	return &s
}

// keep backs up the current values.
func (s *statistics) keep() {
	for _, p := range s.byType {
		torch.Run("_foreach_copy_", p.before, p.buffers, false)
	}
	s.kept = true
}

// undo restores what keep backed up.
func (s *statistics) undo() {
	for _, p := range s.byType {
		torch.Run("_foreach_copy_", p.buffers, p.before, false)
	}
}

// drop makes the current buffers the valid ones.
func (s *statistics) drop() { s.kept = false }
