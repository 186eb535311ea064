package distributed

import (
	"fmt"

	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch"
)

// ReduceOp is how a collective combines the tensors of the ranks, numbered as c10d does.
type ReduceOp int

// The operators (torch.distributed.ReduceOp).
const (
	Sum ReduceOp = iota
	Avg          // NCCL only
	Product
	Min
	Max
)

// of returns the group for a tensor's device, and counts a collective.
func (g *ProcessGroup) of(t torch.Tensor) (cgo.Group, error) {
	g.begun.Add(1)
	if f := g.Failed(); f != nil {
		return 0, f
	}
	if !t.Device().IsCUDA() {
		return g.cpu, nil
	}
	if g.gpu == 0 {
		return 0, fmt.Errorf("a tensor on %v, but the group was not told to use it (UseDevice)", t.Device())
	}
	return g.gpu, nil
}

// AllReduce combines the t of all ranks, in place. All must be equal in shape and type.
func (g *ProcessGroup) AllReduce(t torch.Tensor, op ReduceOp) error {
	h, err := g.of(t)
	if err == nil {
		err = h.AllReduce(torch.Handle(t), int(op))
	}
	return g.Blame(err)
}

// AllGatherIntoTensor sets out (size*N x ...) to the in (N x ...) of every rank, one below
// another.
func (g *ProcessGroup) AllGatherIntoTensor(out, in torch.Tensor) error {
	h, err := g.of(in)
	if err == nil {
		err = h.AllGather(torch.Handle(out), torch.Handle(in))
	}
	return g.Blame(err)
}

// ReduceScatterTensor combines the in (size*N x ...) of all ranks, and sets out (N x ...) to the
// rows of this rank. Training does not need it: there every rank has the gradient of the whole
// batch's loss for its own projections ([ProcessGroup.AllGatherRows]).
func (g *ProcessGroup) ReduceScatterTensor(out, in torch.Tensor, op ReduceOp) error {
	h, err := g.of(in)
	if err == nil {
		err = h.ReduceScatter(torch.Handle(out), torch.Handle(in), int(op))
	}
	return g.Blame(err)
}

// Broadcast sets t to that of a rank.
func (g *ProcessGroup) Broadcast(t torch.Tensor, src int) error {
	h, err := g.of(t)
	if err == nil {
		err = h.Broadcast(torch.Handle(t), src)
	}
	return g.Blame(err)
}

// Barrier waits until all ranks have called it.
func (g *ProcessGroup) Barrier() error {
	g.begun.Add(1)
	if f := g.Failed(); f != nil {
		return f
	}
	return g.Blame(g.cpu.Barrier())
}

// AllGatherRows returns the rows of every rank, one below another, of which rank r has rows[r].
// It is for a function of all rows that every rank computes: its gradient for x is that of the
// rank's own rows, without a sum over the ranks. Inside [torch.Do]; it fails as operators do.
func (g *ProcessGroup) AllGatherRows(x torch.Tensor, rows []int64) torch.Tensor {
	h, err := g.of(x)
	if err != nil {
		panic(&torch.Error{Op: "all_gather_rows", Message: err.Error()})
	}
	return torch.Call("bcl::all_gather_rows", x, int64(h), rows)[0]
}

// SyncBatchNorm normalises x (N x C or N x C x H x W), which may have no rows, by the statistics
// of all ranks, and updates the running ones (torch.nn.SyncBatchNorm). As AllGatherRows it fails
// as operators do.
func (g *ProcessGroup) SyncBatchNorm(x, weight, bias, runningMean, runningVar torch.Tensor, momentum, eps float64) torch.Tensor {
	h, err := g.of(x)
	if err != nil {
		panic(&torch.Error{Op: "sync_batch_norm", Message: err.Error()})
	}
	return torch.Call("bcl::sync_batch_norm", x, weight, bias, runningMean, runningVar, momentum, eps, int64(h))[0]
}

// Abort ends the collectives in progress, of which no more can follow.
func (g *ProcessGroup) Abort() error { return g.cpu.Abort() }
