package model

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Projector is the head of the networks: fc1, bn1, ReLU, fc2 (no bias), bn2.
type Projector struct {
	nn.Base
	fc1, fc2 *nn.Linear
	bn1, bn2 nn.Module
}

// NewProjector returns a head from in to out numbers.
func NewProjector(in, out int64) *Projector { return newProjector(in, out, plainKit) }

func newProjector(in, out int64, k kit) *Projector {
	p := &Projector{}
	p.fc1 = nn.Child(p, "fc1", nn.NewLinear(in, in, true))
	p.bn1 = nn.Child(p, "bn1", k.norm(in))
	p.fc2 = nn.Child(p, "fc2", nn.NewLinear(in, out, false))
	p.bn2 = nn.Child(p, "bn2", k.norm(out))
	return p
}

// Forward maps N x in to N x out.
func (p *Projector) Forward(x torch.Tensor) torch.Tensor {
	x = p.bn1.Forward(p.fc1.Forward(x)).ReLU_()
	return p.bn2.Forward(p.fc2.Forward(x))
}

// ProjectionSize is what the projector of the published networks gives.
const ProjectionSize = 128

// SimCLR is the network of SimCLR and BCL-I: a backbone and its projector.
type SimCLR struct {
	nn.Base
	Backbone  *ResNet
	Projector *Projector
}

// NewSimCLR builds the network of c, which must pass Check.
func NewSimCLR(c Config) *SimCLR {
	m := &SimCLR{}
	m.Backbone = nn.Child(m, "backbone", NewResNet(c))
	m.Projector = nn.Child(m, "projector", NewProjector(c.Features(), ProjectionSize))
	return m
}

// Forward maps N x 3 x H x W in [0, 1] to N x ProjectionSize, for the loss.
func (m *SimCLR) Forward(x torch.Tensor) torch.Tensor {
	return m.Projector.Forward(m.Backbone.Forward(x))
}

// Encoder returns the part whose features are evaluated.
func (m *SimCLR) Encoder() *ResNet { return m.Backbone }
