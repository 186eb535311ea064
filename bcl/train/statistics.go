package train

import (
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// statistics are the buffers that passes move before the optimiser's step: running
// means and variances, and how often they moved. With their values from before, a
// an interrupted step changes nothing.
type statistics struct {
	names           []string
	buffers, before []torch.Tensor
	kept            bool // a step is under way, and before is what counts
}

// newStatistics returns those of net. Their copies belong to the current scope.
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
	return &s
}

// keep remembers the values as they are.
func (s *statistics) keep() {
	torch.Run("_foreach_copy_", s.before, s.buffers, false)
	s.kept = true
}

// undo puts back what keep remembered.
func (s *statistics) undo() { torch.Run("_foreach_copy_", s.buffers, s.before, false) }

// drop says that the buffers count again.
func (s *statistics) drop() { s.kept = false }
