package nn

import (
	"strconv"

	"github.com/bcl-go/bcl/torch"
)

// Conv2d is a two-dimensional convolution without bias (torch.nn.Conv2d).
type Conv2d struct {
	Base
	Weight  torch.Tensor // out x in x kernel x kernel
	options torch.Conv2dOptions
}

// NewConv2d returns a convolution with PyTorch's initial weights.
func NewConv2d(in, out, kernel, stride, padding int64) *Conv2d {
	c := &Conv2d{options: torch.Conv2dOptions{Stride: stride, Padding: padding}}
	c.Weight = Param(c, "weight", torch.Empty([]int64{out, in, kernel, kernel}))
	defaultInit(c.Weight, torch.Tensor{})
	return c
}

// Forward maps N x in x H x W to N x out x H' x W'.
func (c *Conv2d) Forward(x torch.Tensor) torch.Tensor { return c.Apply(x, c.Weight) }

// Apply is Forward with other weights of the same shape, such as masked ones.
func (c *Conv2d) Apply(x, weight torch.Tensor) torch.Tensor {
	return torch.Conv2d(x, weight, torch.Tensor{}, c.options)
}

// Linear is a fully connected layer (torch.nn.Linear).
type Linear struct {
	Base
	Weight torch.Tensor // out x in
	Bias   torch.Tensor // out, or zero
}

// NewLinear returns a layer with PyTorch's initial weights.
func NewLinear(in, out int64, bias bool) *Linear {
	l := &Linear{}
	l.Weight = Param(l, "weight", torch.Empty([]int64{out, in}))
	if bias {
		l.Bias = Param(l, "bias", torch.Empty([]int64{out}))
	}
	defaultInit(l.Weight, l.Bias)
	return l
}

// Forward maps N x in to N x out.
func (l *Linear) Forward(x torch.Tensor) torch.Tensor { return torch.Linear(x, l.Weight, l.Bias) }

// Identity returns its input.
type Identity struct{ Base }

// Forward returns x.
func (*Identity) Forward(x torch.Tensor) torch.Tensor { return x }

// MaxPool2d takes the maximum of each window (torch.nn.MaxPool2d).
type MaxPool2d struct {
	Base
	Kernel, Stride, Padding int64
}

// Forward maps N x C x H x W to N x C x H' x W'.
func (p *MaxPool2d) Forward(x torch.Tensor) torch.Tensor {
	return torch.MaxPool2d(x, p.Kernel, p.Stride, p.Padding)
}

// Sequential runs layers one after the other, named "0", "1", ...
type Sequential struct {
	Base
	layers []Layer
}

// NewSequential returns the chain of layers.
func NewSequential(layers ...Layer) *Sequential {
	s := &Sequential{layers: layers}
	for i, l := range layers {
		Child(s, strconv.Itoa(i), l)
	}
	return s
}

// Forward passes x to the first layer, its result to the second, and so on.
func (s *Sequential) Forward(x torch.Tensor) torch.Tensor { return Chain(x, s.layers...) }
