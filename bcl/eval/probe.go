package eval

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// Probe is a linear classifier on frozen features. [Published] gives the settings
// of the paper.
type Probe struct {
	Epochs      int
	Batch       int
	LR, LastLR  float64 // decayed by the same factor every epoch
	WeightDecay float64
	Seed        uint64 // of the initial weights and the order of samples
	// Progress, if set, is called after every epoch.
	Progress func(done, total int)
}

// Published is the protocol of the published numbers: Adam for 500 epochs of
// batches of 1000, learning rate from 1e-2 to 1e-6.
func Published() Probe {
	return Probe{Epochs: 500, Batch: 1000, LR: 1e-2, LastLR: 1e-6, WeightDecay: 5e-6, Seed: 10}
}

// Predict fits the classifier on train and returns for each row of x (M x D) the
// classes best first, M x min(5, classes). Random numbers come from libtorch's
// generator, as in PyTorch, whose state is put back afterwards.
func (p Probe) Predict(ctx context.Context, train Set, classes int, x torch.Tensor) (top [][]int64, err error) {
	if p.Epochs < 1 || p.Batch < 1 || !(p.LR > 0) || !(p.LastLR > 0) {
		return nil, fmt.Errorf("linear probe with %d epochs of batch %d, learning rate %v to %v: expected all above 0", p.Epochs, p.Batch, p.LR, p.LastLR)
	}
	err = torch.Do(func(*torch.Scope) error {
		defer torch.SetRNGState(torch.CPU, torch.RNGState(torch.CPU))
		if err := torch.ManualSeed(p.Seed); err != nil {
			return err
		}
		clf := nn.NewLinear(train.X.Size(1), int64(classes), true)
		nn.To(clf, train.X.Device())
		if err := p.fit(ctx, clf, train); err != nil {
			return err
		}
		torch.NoGrad(func() { top = best(clf.Forward(x)) })
		return nil
	})
	return top, err
}

func (p Probe) fit(ctx context.Context, clf *nn.Linear, train Set) error {
	opt := optim.NewAdam(nn.Parameters(clf), p.LR, p.WeightDecay)
	schedule := optim.Exponential{Base: p.LR, Last: p.LastLR, Epochs: p.Epochs}
	n := train.X.Size(0)
	for epoch := range p.Epochs {
		if err := ctx.Err(); err != nil {
			return err
		}
		opt.LR = schedule.At(epoch)
		err := torch.Do(func(*torch.Scope) error {
			order := torch.Randperm(n).ToDevice(train.X.Device())
			for lo := int64(0); lo < n; lo += int64(p.Batch) {
				at := order.Narrow(0, lo, min(int64(p.Batch), n-lo))
				opt.ZeroGrad()
				logits := clf.Forward(train.X.IndexSelect(0, at))
				torch.CrossEntropy(logits, train.Labels.IndexSelect(0, at), torch.ReduceMean).Backward()
				opt.Step()
			}
			return nil
		})
		if err != nil {
			return err
		}
		if p.Progress != nil {
			p.Progress(epoch+1, p.Epochs)
		}
	}
	return nil
}
