package train

import (
	"math"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/nn"
)

// localStatistics are running statistics that each process updates by its own chunks: those of
// a step, in the order of the ranks, are the updates of one process by all chunks. An update by
// statistics x is r = (1-m) r + m x; n of them are r = (1-m)^n r + a, where only n and a are
// the process's.
type localStatistics struct {
	norms   []*nn.BatchNorm
	passes  []int
	before  torch.Tensor // means and variances, one layer after another
	batches []int64
}

// newLocalStatistics keeps those of networks before a step.
func newLocalStatistics(networks []nn.Module) *localStatistics {
	s := &localStatistics{}
	for _, net := range networks {
		nn.Walk(net, func(_ string, m nn.Module) {
			if b, ok := m.(*nn.BatchNorm); ok {
				s.norms = append(s.norms, b)
				s.passes = append(s.passes, b.Passes())
				s.batches = append(s.batches, torch.Item[int64](b.NumBatchesTracked))
			}
		})
	}
	s.before = s.now()
	return s
}

func (s *localStatistics) now() torch.Tensor {
	list := []torch.Tensor{torch.Zeros([]int64{0}, torch.On(torch.Float64, torch.CPU))}
	for _, b := range s.norms {
		list = append(list, b.RunningMean.ToDevice(torch.CPU).To(torch.Float64), b.RunningVar.ToDevice(torch.CPU).To(torch.Float64))
	}
	return torch.Cat(list, 0)
}

// merge sets them to those after the step of all ranks.
func (s *localStatistics) merge(g *distributed.ProcessGroup) (err error) {
	torch.NoGrad(func() {
		var kept []float64      // of the value before, of each layer; then how many batches it has seen
		var each []torch.Tensor // kept, of each value
		for i, b := range s.norms {
			k := math.Pow(1-b.Momentum, float64(b.Passes()-s.passes[i]))
			kept = append(kept, k)
			each = append(each, torch.Full([]int64{2 * b.RunningMean.Numel()}, k, torch.On(torch.Float64, torch.CPU)))
		}
		for i, b := range s.norms {
			kept = append(kept, float64(torch.Item[int64](b.NumBatchesTracked)-s.batches[i]))
		}
		line := torch.Cat([]torch.Tensor{torch.FromSlice(kept), s.now().Sub(s.before.Mul(torch.Cat(each, 0)))}, 0)
		all := torch.Zeros([]int64{int64(g.Size()), line.Numel()}, torch.On(torch.Float64, torch.CPU))
		if err = g.AllGatherIntoTensor(all, line.Unsqueeze(0)); err != nil {
			return
		}
		n := int64(len(s.norms))
		at := int64(0)
		for i, b := range s.norms {
			channels := b.RunningMean.Numel()
			value, batches := s.before.Narrow(0, at, 2*channels), float64(s.batches[i])
			for r := range g.Size() {
				of := all.Select(0, int64(r))
				value = value.Mul(of.Narrow(0, int64(i), 1)).Add(of.Narrow(0, 2*n+at, 2*channels))
				batches += torch.Item[float64](of.Select(0, n+int64(i)))
			}
			b.RunningMean.Copy_(value.Narrow(0, 0, channels))
			b.RunningVar.Copy_(value.Narrow(0, channels, channels))
			b.NumBatchesTracked.Fill_(batches)
			at += 2 * channels
		}
	})
	return err
}
