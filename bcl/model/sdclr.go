package model

import (
	"strings"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Network is what can be trained: its Forward maps N x 3 x H x W in [0, 1] to
// N x ProjectionSize, for the loss.
type Network interface {
	nn.Module
	// Encoder returns the part whose features are evaluated.
	Encoder() *ResNet
}

// SDCLR is the network of SDCLR (Jiang et al. 2021, arXiv 2106.02990, section 3.2)
// and BCL-D: one set of weights and two branches. The full branch uses all of them,
// the pruned one those that [SDCLR.Prune] kept, with batch normalisation of its own.
//
// Names and initial values are those of the authors' code: the head is
// backbone.fc, and each norm is a pair bn_list.0 (full) and bn_list.1 (pruned).
type SDCLR struct {
	nn.Base
	Backbone *ResNet
	head     *Projector
	branch   *branch
}

// NewSDCLR builds the network of c, which must pass Check. Until Prune is called
// nothing is pruned.
func NewSDCLR(c Config) *SDCLR {
	m := &SDCLR{branch: &branch{}}
	m.Backbone = nn.Child(m, "backbone", newResNet(c, m.branch.kit()))
	m.head = nn.Child(m.Backbone, "fc", newProjector(c.Features(), ProjectionSize, m.branch.kit()))
	return m
}

// Forward runs the full branch: N x 3 x H x W in [0, 1] to N x ProjectionSize.
func (m *SDCLR) Forward(x torch.Tensor) torch.Tensor {
	return m.head.Forward(m.Backbone.Forward(x))
}

// ForwardPruned runs the pruned branch. In training its running statistics move as
// after two passes, as many as the authors' step makes.
func (m *SDCLR) ForwardPruned(x torch.Tensor) torch.Tensor {
	m.branch.pruned = true
	defer func() { m.branch.pruned = false }()
	return m.Forward(x)
}

// Encoder returns the backbone, which outside of ForwardPruned is the full branch.
func (m *SDCLR) Encoder() *ResNet { return m.Backbone }

// New builds the network of c with two branches or one.
func New(c Config, dual bool) Network {
	if dual {
		return NewSDCLR(c)
	}
	return NewSimCLR(c)
}

// IsDual reports whether a state dict with these names is that of an SDCLR network.
func IsDual(names []string) bool {
	for _, n := range names {
		if strings.Contains(n, ".bn_list.") {
			return true
		}
	}
	return false
}
