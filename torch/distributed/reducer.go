package distributed

import (
	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch"
)

// Reducer sums the gradients of parameters over the ranks, in buckets, while the backward pass
// goes on (as torch.nn.parallel.DistributedDataParallel does, which then divides by the number
// of ranks).
type Reducer struct {
	h     cgo.Reducer
	group *ProcessGroup
}

// NewReducer returns the reducer of parameters, which are the same on all ranks. It belongs to
// the current scope.
func NewReducer(g *ProcessGroup, params []torch.Tensor) (*Reducer, error) {
	group := g.cpu
	list := make([]cgo.Tensor, len(params))
	for i, p := range params {
		list[i] = torch.Handle(p)
		if p.Device().IsCUDA() {
			group = g.gpu
		}
	}
	h, err := cgo.NewReducer(group, list)
	return &Reducer{h, g}, err
}

// Backward runs f, which calls Backward once, and returns when the gradients are the sums.
func (r *Reducer) Backward(f func()) (err error) {
	r.group.begun.Add(1)
	if err := r.h.Begin(); err != nil {
		return err
	}
	finished := false
	defer func() {
		if !finished {
			_ = r.h.Stop()
		}
	}()
	f()
	err = r.h.Finish()
	finished = err == nil
	return err
}
