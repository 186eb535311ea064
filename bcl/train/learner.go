package train

import (
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
)

// learner is a method's own part of a step: its network, and which view goes which
// way through it.
type learner interface {
	network() model.Network
	// begin prepares an epoch, before its first step.
	begin(seed uint64, epoch int) error
	// project maps views (2B x ..., rows 2i and 2i+1 being the views of sample i)
	// to the projections of the first and of the second (B x D each).
	project(views torch.Tensor, forward pass) (z1, z2 torch.Tensor)
}

// pass runs a forward function of a network on raw views: it makes them input of
// the network and sees to device and precision.
type pass func(f func(torch.Tensor) torch.Tensor, views torch.Tensor) torch.Tensor

func newLearner(c Config) learner {
	if c.Method.Dual() {
		return &sdclr{model.NewSDCLR(c.Model), c.Prune}
	}
	return &simclr{model.NewSimCLR(c.Model)}
}

// simclr sends both views through one network at once, so that they share the
// statistics of batch normalisation (Chen et al. 2020, arXiv 2002.05709).
type simclr struct{ net *model.SimCLR }

func (l *simclr) network() model.Network  { return l.net }
func (l *simclr) begin(uint64, int) error { return nil }
func (l *simclr) project(views torch.Tensor, forward pass) (z1, z2 torch.Tensor) {
	return loss.Interleaved(forward(l.net.Forward, views))
}

// sdclr sends the first view through the full branch and the second through the
// pruned one (Jiang et al. 2021, arXiv 2106.02990, section 3.2).
//
// The authors' code takes two losses, each with one side held fixed, and three
// passes: pruned without gradients, full, pruned. The gradient of one loss by both
// sides is the sum of those two, and the two pruned passes are the same, so one loss
// and two passes do. See [model.SDCLR.ForwardPruned] for the running statistics.
type sdclr struct {
	net   *model.SDCLR
	prune model.Pruning
}

func (l *sdclr) network() model.Network { return l.net }
func (l *sdclr) begin(seed uint64, epoch int) error {
	return l.net.Prune(l.prune, seed, epoch)
}
func (l *sdclr) project(views torch.Tensor, forward pass) (z1, z2 torch.Tensor) {
	pairs := views.View(append([]int64{-1, 2}, views.Shape()[1:]...)...)
	z1 = forward(l.net.Forward, pairs.Select(1, 0).Contiguous(torch.ContiguousFormat))
	z2 = forward(l.net.ForwardPruned, pairs.Select(1, 1).Contiguous(torch.ContiguousFormat))
	return z1, z2
}
