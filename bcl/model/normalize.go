package model

import (
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Normalize subtracts ImageNet's mean colour and divides by its standard
// deviation. Both are buffers, saved with the network.
type Normalize struct {
	nn.Base
	mean, std torch.Tensor
}

// NewNormalize returns the layer of the method.
func NewNormalize() *Normalize {
	n := &Normalize{}
	n.mean = nn.Buffer(n, "mean", torch.FromSlice(rgb.ImageNetMean[:]))
	n.std = nn.Buffer(n, "std", torch.FromSlice(rgb.ImageNetStd[:]))
	return n
}

// Forward maps N x 3 x H x W to the same shape.
func (n *Normalize) Forward(x torch.Tensor) torch.Tensor {
	return x.Sub(n.mean.View(1, 3, 1, 1)).Div(n.std.View(1, 3, 1, 1))
}

// FromPixels turns 8-bit images, N x H x W x 3, into the network's input: float in [0,
// 1], N x 3 x H x W (torchvision's ToTensor), on a device. The interleaved pixels are
// channels_last already, so nothing is copied.
func FromPixels(pixels torch.Tensor, d torch.Device) torch.Tensor {
	return pixels.ToDevice(d).Permute(0, 3, 1, 2).To(torch.Float32).DivScalar(255)
}
