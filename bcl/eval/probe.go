package eval

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch"
)

// Probe is a linear classifier on frozen features. [Published] gives the settings
// of the paper.
type Probe struct {
	Epochs      int
	Batch       int
	LR, LastLR  float64 // multiplied by the same factor every epoch
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

func init() { Register(Published) }

// Spec implements [Classifier].
func (p *Probe) Spec() Spec {
	return Spec{
		Name: score.Probe, Rank: 20, Seed: &p.Seed,
		Settings: []settings.Setting{
			{Name: "probe-epochs", Usage: "epochs of the linear probe", Value: &p.Epochs},
			{Name: "probe-batch-size", Usage: "images per step of the linear probe", Value: &p.Batch},
			{Name: "probe-lr", Usage: "first learning rate of the linear probe", Value: &p.LR},
			{Name: "probe-last-lr", Usage: "learning rate at the end of the linear probe", Value: &p.LastLR},
			{Name: "probe-weight-decay", Usage: "weight decay of the linear probe", Value: &p.WeightDecay},
		},
	}
}

// Check implements [Classifier]. No Suite is needed.
func (p Probe) Check(*Suite) error {
	if p.Epochs < 1 || p.Batch < 1 || !(p.LR > 0) || !(p.LastLR > 0) || !(p.WeightDecay >= 0) {
		return fmt.Errorf("linear probe with %d epochs of batch %d, learning rate %v to %v, weight decay %v: expected all above 0, the last from 0", p.Epochs, p.Batch, p.LR, p.LastLR, p.WeightDecay)
	}
	return nil
}

// Classify implements [Classifier]: the subsets of one size are fitted together.
func (p Probe) Classify(ctx context.Context, m *Measurement) ([][][]int64, error) {
	p.Progress = m.ProgressOf("linear probe")
	var fits []Fit
	for _, protocol := range m.Protocols {
		for _, s := range protocol.Subsets {
			fits = append(fits, Fit{m.Rows(s), p.Seed})
		}
	}
	return p.PredictEach(ctx, m.Features.Probe, fits, m.Classes, m.Features.Test.X)
}

// Predict fits the classifier on train and returns for each row of x (M x D) the classes,
// best first, M x min(5, classes). Random numbers come from libtorch's generator, as in
// PyTorch; its state is restored afterwards.
func (p Probe) Predict(ctx context.Context, train Set, classes int, x torch.Tensor) (top [][]int64, err error) {
	tops, err := p.PredictEach(ctx, train, []Fit{{Seed: p.Seed}}, classes, x)
	if err != nil {
		return nil, err
	}
	return tops[0], nil
}

// Fit is what one of many probes is fitted on.
type Fit struct {
	Rows []int // of the features; nil: all
	Seed uint64
}

// PredictEach fits a probe for each of fits and returns the predictions of each. Probes
// with the same number of rows are trained together, with one batched product per step;
// each has the same initial weights and order of samples as alone. Batched products may
// round differently, as libtorch chooses other kernels for them.
func (p Probe) PredictEach(ctx context.Context, train Set, fits []Fit, classes int, x torch.Tensor) (tops [][][]int64, err error) {
	if err := p.Check(nil); err != nil {
		return nil, err
	}
	groups := bySize(fits, int(train.X.Size(0)))
	tops = make([][][]int64, len(fits))
	err = torch.Do(func() error {
		defer keepGenerators(train.X.Device())()
		for g, members := range groups {
			part := p
			if p.Progress != nil {
				part.Progress = func(done, total int) { p.Progress(g*total+done, len(groups)*total) }
			}
			chosen := make([]Fit, len(members))
			for i, m := range members {
				chosen[i] = fits[m]
			}
			err := torch.Do(func() error {
				weight, bias, err := part.fit(ctx, train, chosen, classes)
				if err != nil {
					return err
				}
				torch.NoGrad(func() {
					for i, m := range members {
						tops[m] = best(torch.Linear(x, weight.Select(0, int64(i)), bias.Select(0, int64(i))))
					}
				})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return tops, err
}

// bySize groups the indices of fits by number of rows, in order of first use; all is the
// size of nil.
func bySize(fits []Fit, all int) (groups [][]int) {
	place := map[int]int{}
	for i, f := range fits {
		n := all
		if f.Rows != nil {
			n = len(f.Rows)
		}
		g, ok := place[n]
		if !ok {
			g = len(groups)
			place[n] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// keepGenerators returns a function that restores the generators of the CPU and of d.
func keepGenerators(d torch.Device) func() {
	devices := []torch.Device{torch.CPU}
	if d.IsCUDA() {
		devices = append(devices, d)
	}
	states := make([]torch.Tensor, len(devices))
	for i, d := range devices {
		states[i] = torch.RNGState(d)
	}
	return func() {
		for i, d := range devices {
			torch.SetRNGState(d, states[i])
		}
	}
}
