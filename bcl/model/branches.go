package model

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// branch is which of the two networks that share their weights runs. The layers of one
// network point to the same branch.
type branch struct{ pruned bool }

// layers returns the layers of a network with two branches, with the authors' names.
func (b *branch) layers() Layers {
	return Layers{
		Conv: func(in, out, kernel, stride, padding int64) nn.Layer {
			return newPrunable(in, out, kernel, stride, padding, b)
		},
		Norm:     func(channels int64) Norm { return newDualNorm(channels, b) },
		Shortcut: newDualShortcut,
	}
}

// prunable is a convolution whose weights are masked while the pruned branch runs.
type prunable struct {
	nn.Base
	weight torch.Tensor
	mask   torch.Tensor // shape of weight, of zeros and ones
	conv   *nn.Conv2d
	branch *branch
}

func newPrunable(in, out, kernel, stride, padding int64, b *branch) *prunable {
	p := &prunable{conv: nn.NewConv2d(in, out, kernel, stride, padding), branch: b}
	p.weight = nn.Param(p, "weight", p.conv.Weight)
	p.mask = nn.Transient(p, "mask", torch.Ones(p.weight.Shape()))
	return p
}

func (p *prunable) Forward(x torch.Tensor) torch.Tensor {
	if p.branch.pruned {
		return p.conv.Apply(x, p.weight.Mul(p.mask))
	}
	return p.conv.Forward(x)
}

// dualNorm is batch normalisation with weights and statistics of its own for each branch:
// bn_list.0 for the full one, bn_list.1 for the pruned one.
type dualNorm struct {
	nn.Base
	full, pruned *nn.BatchNorm
	branch       *branch
}

// prunedPasses is how often the authors' code runs the pruned branch per step: once
// without gradients, as the other side of the full branch's loss, and once with. Both see
// the same weights and views, so one pass gives the same gradients.
const prunedPasses = 2

func newDualNorm(channels int64, b *branch) *dualNorm {
	d := &dualNorm{full: nn.NewBatchNorm(channels), pruned: nn.NewBatchNorm(channels), branch: b}
	nn.Child(d, "bn_list", nn.NewSequential(d.full, d.pruned))
	// Running statistics after two updates by the same batch:
	// (1-a)*((1-a)*r + a*x) + a*x = (1-a)^2 * r + (1-(1-a)^2) * x, with a = 0.1.
	kept := 1 - d.full.Momentum
	d.pruned.Momentum = 1 - kept*kept
	return d
}

func (d *dualNorm) Forward(x torch.Tensor) torch.Tensor { return d.pass().Forward(x) }

func (d *dualNorm) ForwardReLU(x, shortcut torch.Tensor) torch.Tensor {
	return d.pass().ForwardReLU(x, shortcut)
}

// pass returns the layer of the branch that runs, for one pass.
func (d *dualNorm) pass() *nn.BatchNorm {
	if !d.branch.pruned {
		return d.full
	}
	if d.pruned.Training() {
		torch.Run("add_.Scalar", d.pruned.NumBatchesTracked, prunedPasses-1)
	}
	return d.pruned
}

// dualShortcut is a block's shortcut under the authors' names.
type dualShortcut struct {
	nn.Base
	conv, bn nn.Layer
}

func newDualShortcut(conv, norm nn.Layer) nn.Layer {
	s := &dualShortcut{}
	s.conv = nn.Child(s, "conv", conv)
	s.bn = nn.Child(s, "bn", norm)
	return s
}

func (s *dualShortcut) Forward(x torch.Tensor) torch.Tensor { return s.bn.Forward(s.conv.Forward(x)) }
