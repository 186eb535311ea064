package model

import (
	"slices"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Encoder maps samples to features: the part of a network that is evaluated and used
// after training. A sample may have several inputs, such as tokens and their mask.
type Encoder interface {
	nn.Module
	// Inputs turns raw views (N x the shape of each input of the source's views, on the CPU
	// or on d already) into what Forward takes, on d.
	Inputs(raw []torch.Tensor, d torch.Device) []torch.Tensor
	// Forward maps the inputs of N samples to N x Features.
	Forward(inputs ...torch.Tensor) torch.Tensor
	// Features returns the size of a feature vector.
	Features() int64
}

// Builder is the description of an encoder, such as a [Config]. The network around it
// chooses the layers.
type Builder interface {
	// Check returns an error if it cannot be built.
	Check() error
	// Build draws the initial weights from libtorch's generator.
	Build(l Layers) Encoder
}

// Network is what can be trained: an encoder and a projector.
type Network interface {
	nn.Module
	// Forward maps the inputs of N samples to N x [ProjectionSize], for the loss.
	Forward(inputs ...torch.Tensor) torch.Tensor
	// Encoder returns the part whose features are evaluated.
	Encoder() Encoder
}

// Kind is a way to build a network around an encoder.
type Kind struct {
	Name string
	// New builds the network; b must pass its Check.
	New func(b Builder) Network
	// Names reports whether a state dict with these names is that of such a network; nil:
	// names do not tell.
	Names func(names []string) bool
}

var kinds []Kind

// RegisterKind adds a kind of network; call it from init. It panics if there is one of
// that name.
func RegisterKind(k Kind) {
	if slices.ContainsFunc(kinds, func(o Kind) bool { return o.Name == k.Name }) {
		panic("model: two kinds of network are called " + k.Name)
	}
	kinds = append(kinds, k)
}

// Kinds returns the kinds of networks there are.
func Kinds() []Kind { return slices.Clone(kinds) }

// KindOf returns the kind of network with the names of a state dict; SimCLR's, an encoder
// and a projector, if no other matches.
func KindOf(names []string) Kind {
	plain := -1
	for i, k := range kinds {
		if k.Names != nil && k.Names(names) {
			return k
		}
		if k.Name == plainKind {
			plain = i
		}
	}
	return kinds[plain]
}
