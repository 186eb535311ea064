package model

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// block is convolutions, each with a norm, and a shortcut (He et al. 2016, figures 2 and 5).
type block struct {
	nn.Base
	convs      []nn.Layer
	norms      []Norm
	downsample nn.Layer // nil for the identity
}

// conv is a convolution of a block.
type conv struct{ out, kernel, stride int64 }

// basicBlock is two 3x3 convolutions.
func basicBlock(planes, stride int64) []conv {
	return []conv{{planes, 3, stride}, {planes, 3, 1}}
}

// bottleneck is 1x1, 3x3, 1x1 convolutions; the stride is in the 3x3 one, as in
// torchvision.
func bottleneck(planes, stride int64) []conv {
	return []conv{{planes, 1, 1}, {planes, 3, stride}, {4 * planes, 1, 1}}
}

func newBlock(l Layers, in int64, convs []conv, downsample nn.Layer) nn.Layer {
	b := &block{downsample: downsample}
	for i, c := range convs {
		b.convs = append(b.convs, nn.Child(b, fmt.Sprintf("conv%d", i+1), l.Conv(in, c.out, c.kernel, c.stride, c.kernel/2)))
		b.norms = append(b.norms, nn.Child(b, fmt.Sprintf("bn%d", i+1), l.Norm(c.out)))
		in = c.out
	}
	if downsample != nil {
		nn.Child(b, "downsample", downsample)
	}
	return b
}

func (b *block) Forward(x torch.Tensor) torch.Tensor {
	y, last := x, len(b.convs)-1
	for i, c := range b.convs[:last] {
		y = b.norms[i].ForwardReLU(c.Forward(y), torch.Tensor{})
	}
	y, shortcut := b.convs[last].Forward(y), x
	if b.downsample != nil {
		shortcut = b.downsample.Forward(x)
	}
	return b.norms[last].ForwardReLU(y, shortcut)
}
