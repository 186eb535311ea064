package model

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Projector is the head of the networks: fc1, bn1, ReLU, fc2 (no bias), bn2.
type Projector struct {
	nn.Base
	fc1, fc2 *nn.Linear
	bn1, bn2 Norm
}

// NewProjector returns a head from in to out features.
func NewProjector(in, out int64, l Layers) *Projector {
	p := &Projector{}
	p.fc1 = nn.Child(p, "fc1", nn.NewLinear(in, in, true))
	p.bn1 = nn.Child(p, "bn1", l.Norm(in))
	p.fc2 = nn.Child(p, "fc2", nn.NewLinear(in, out, false))
	p.bn2 = nn.Child(p, "bn2", l.Norm(out))
	return p
}

// Forward maps N x in to N x out.
func (p *Projector) Forward(x torch.Tensor) torch.Tensor {
	x = p.bn1.ForwardReLU(p.fc1.Forward(x), torch.Tensor{})
	return p.bn2.Forward(p.fc2.Forward(x))
}

// ProjectionSize is the output size of the projector of the published networks.
const ProjectionSize = 128

// SimCLR is the network of SimCLR and BCL-I: a backbone and its projector.
type SimCLR struct {
	nn.Base
	Backbone  Encoder
	Projector *Projector
}

// plainKind is the kind of network that names which nobody claims are of.
const plainKind = "simclr"

func init() {
	RegisterKind(Kind{Name: plainKind, New: func(b Builder) Network { return NewSimCLR(b) }})
}

// NewSimCLR builds the network around the encoder of b, which must pass Check.
func NewSimCLR(b Builder) *SimCLR {
	m := &SimCLR{}
	m.Backbone = nn.Child(m, "backbone", b.Build(Plain))
	m.Projector = nn.Child(m, "projector", NewProjector(m.Backbone.Features(), ProjectionSize, Plain))
	return m
}

// Forward maps the inputs of N samples to N x ProjectionSize, for the loss.
func (m *SimCLR) Forward(inputs ...torch.Tensor) torch.Tensor {
	return m.Projector.Forward(m.Backbone.Forward(inputs...))
}

// Encoder returns the part whose features are evaluated.
func (m *SimCLR) Encoder() Encoder { return m.Backbone }
