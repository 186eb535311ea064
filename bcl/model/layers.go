package model

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Norm is a normalisation whose result may be added to a shortcut and pass a ReLU.
type Norm interface {
	nn.Layer
	// ForwardReLU returns the ReLU of the normalised x plus shortcut, of the same shape or zero.
	ForwardReLU(x, shortcut torch.Tensor) torch.Tensor
}

// Layers makes the layers of an encoder that a network may change, so that one encoder
// serves networks with one branch and with two.
type Layers struct {
	Conv     func(in, out, kernel, stride, padding int64) nn.Layer
	Norm     func(channels int64) Norm
	Shortcut func(conv, norm nn.Layer) nn.Layer // of a block that changes size or channels
}

// Plain are torchvision's layers: a shortcut is named downsample.0 and downsample.1.
var Plain = Layers{
	Conv: func(in, out, kernel, stride, padding int64) nn.Layer {
		return nn.NewConv2d(in, out, kernel, stride, padding)
	},
	Norm:     func(channels int64) Norm { return nn.NewBatchNorm(channels) },
	Shortcut: func(conv, norm nn.Layer) nn.Layer { return nn.NewSequential(conv, norm) },
}
