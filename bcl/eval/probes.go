package eval

import (
	"context"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// probes are P linear probes in training, fitted on n rows each.
type probes struct {
	Probe
	train        Set
	n            int64
	rows         []torch.Tensor // per probe: the rows it is fitted on
	generators   []torch.Tensor // per probe: the state of its generator
	weight, bias torch.Tensor   // P x classes x D, P x classes
}

// fit trains a probe for each of fits, with equal numbers of rows, and returns their
// weights, P x classes x D and P x classes, which belong to the current scope.
func (p Probe) fit(ctx context.Context, train Set, fits []Fit, classes int) (weight, bias torch.Tensor, err error) {
	q := &probes{Probe: p, train: train}
	if err := q.start(fits, int64(classes)); err != nil {
		return weight, bias, err
	}
	opt := optim.NewAdam([]torch.Tensor{q.weight, q.bias}, p.LR, p.WeightDecay)
	schedule := optim.Exponential{Base: p.LR, Last: p.LastLR, Epochs: p.Epochs}
	for epoch := range p.Epochs {
		if err := ctx.Err(); err != nil {
			return weight, bias, err
		}
		opt.LR = schedule.At(epoch)
		if err := torch.Do(func() error { q.epoch(opt); return nil }); err != nil {
			return weight, bias, err
		}
		if p.Progress != nil {
			p.Progress(epoch+1, p.Epochs)
		}
	}
	return q.weight.Detach(), q.bias.Detach(), nil
}

// start draws the initial weights of each probe from a generator of its own.
func (q *probes) start(fits []Fit, classes int64) error {
	device := q.train.X.Device()
	var weights, biases []torch.Tensor
	for _, f := range fits {
		rows := torch.Arange(0, q.train.X.Size(0))
		if f.Rows != nil {
			rows = indices(f.Rows)
		}
		q.n = rows.Size(0)
		q.rows = append(q.rows, rows.ToDevice(device))
		if err := torch.ManualSeed(f.Seed); err != nil {
			return err
		}
		clf := nn.NewLinear(q.train.X.Size(1), classes, true)
		weights, biases = append(weights, clf.Weight.Detach()), append(biases, clf.Bias.Detach())
		q.generators = append(q.generators, torch.RNGState(torch.CPU))
	}
	q.weight = torch.Stack(weights, 0).ToDevice(device).SetRequiresGrad(true)
	q.bias = torch.Stack(biases, 0).ToDevice(device).SetRequiresGrad(true)
	return nil
}

func (q *probes) epoch(opt *optim.Adam) {
	order := q.order()
	for lo := int64(0); lo < q.n; lo += int64(q.Batch) {
		at := order.Narrow(1, lo, min(int64(q.Batch), q.n-lo))
		flat := at.Reshape(-1)
		x := q.train.X.IndexSelect(0, flat).View(at.Size(0), at.Size(1), -1)
		opt.ZeroGrad()
		logits := q.logits(x)
		// The sum over all probes: each gets the gradient of its own mean.
		loss := torch.CrossEntropy(logits, q.train.Labels.IndexSelect(0, flat), torch.ReduceSum)
		loss.DivScalar(float64(at.Size(1))).Backward()
		opt.Step()
	}
}

// order draws a permutation of the rows for each probe, P x n.
func (q *probes) order() torch.Tensor {
	orders := make([]torch.Tensor, len(q.rows))
	for i, rows := range q.rows {
		torch.SetRNGState(torch.CPU, q.generators[i])
		orders[i] = rows.IndexSelect(0, torch.Randperm(q.n).ToDevice(rows.Device()))
		q.generators[i].Copy_(torch.RNGState(torch.CPU))
	}
	return torch.Stack(orders, 0)
}

// logits maps P x B x D to PB x classes, each probe its own batch.
func (q *probes) logits(x torch.Tensor) torch.Tensor {
	if len(q.rows) == 1 {
		return torch.Linear(x.Select(0, 0), q.weight.Select(0, 0), q.bias.Select(0, 0))
	}
	return torch.Call("baddbmm", q.bias.Unsqueeze(1), x, q.weight.Transpose(1, 2))[0].View(-1, q.bias.Size(1))
}

// indices returns row indices as a tensor.
func indices(rows []int) torch.Tensor {
	out := make([]int64, len(rows))
	for i, r := range rows {
		out[i] = int64(r)
	}
	return torch.FromSlice(out)
}
