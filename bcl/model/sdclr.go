package model

import (
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// SDCLR is the network of SDCLR (Jiang et al. 2021, arXiv 2106.02990, section 3.2)
// and BCL-D: one set of weights and two branches. The full branch uses all of them,
// the pruned one those that [SDCLR.Prune] kept, with batch normalisation of its own.
//
// Names and initial values are those of the authors' code: the head is
// backbone.fc, and each norm is a pair bn_list.0 (full) and bn_list.1 (pruned).
type SDCLR struct {
	nn.Base
	Backbone Encoder
	head     *Projector
	branch   *branch
}

func init() {
	RegisterKind(Kind{
		Name: "sdclr",
		New:  func(b Builder) Network { return NewSDCLR(b) },
		Names: func(names []string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, ".bn_list.") })
		},
	})
}

// NewSDCLR builds the network around the encoder of b, which must pass Check. Until Prune
// is called nothing is pruned.
func NewSDCLR(b Builder) *SDCLR {
	m := &SDCLR{branch: &branch{}}
	m.Backbone = nn.Child(m, "backbone", b.Build(m.branch.layers()))
	m.head = nn.Child(m.Backbone, "fc", NewProjector(m.Backbone.Features(), ProjectionSize, m.branch.layers()))
	return m
}

// Forward runs the full branch: the inputs of N samples to N x ProjectionSize.
func (m *SDCLR) Forward(inputs ...torch.Tensor) torch.Tensor {
	return m.head.Forward(m.Backbone.Forward(inputs...))
}

// ForwardPruned runs the pruned branch. In training its running statistics are updated as
// by two passes, as in a step of the authors' code.
func (m *SDCLR) ForwardPruned(inputs ...torch.Tensor) torch.Tensor {
	m.branch.pruned = true
	defer func() { m.branch.pruned = false }()
	return m.Forward(inputs...)
}

// Encoder returns the backbone: the full branch, outside of ForwardPruned.
func (m *SDCLR) Encoder() Encoder { return m.Backbone }
