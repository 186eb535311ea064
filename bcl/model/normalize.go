package model

import (
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Normalize subtracts a mean colour, by default ImageNet's, and divides by a standard
// deviation. Both are buffers, saved with the network.
type Normalize struct {
	nn.Base
	mean, std torch.Tensor
}

// Normalization is a mean colour and a standard deviation, of pixels in [0, 1].
type Normalization struct{ Mean, Std [3]float32 }

// ImageNet is the normalisation of the method.
var ImageNet = Normalization{rgb.ImageNetMean, rgb.ImageNetStd}

// check returns an error unless it is zero, or can be divided by.
func (n Normalization) check() error {
	if n == (Normalization{}) {
		return nil
	}
	for i, s := range n.Std {
		if m := float64(n.Mean[i]); !(s > 0) || math.IsInf(float64(s), 0) || math.IsNaN(m) || math.IsInf(m, 0) {
			return fmt.Errorf("mean %v and standard deviation %v of the input: expected numbers, the latter above 0", n.Mean, n.Std)
		}
	}
	return nil
}

// NewNormalize returns the layer of the method.
func NewNormalize() *Normalize { return newNormalize(ImageNet) }

// newNormalize returns a layer; the zero Normalization is the method's.
func newNormalize(by Normalization) *Normalize {
	if by == (Normalization{}) {
		by = ImageNet
	}
	n := &Normalize{}
	n.mean = nn.Buffer(n, "mean", torch.FromSlice(by.Mean[:]))
	n.std = nn.Buffer(n, "std", torch.FromSlice(by.Std[:]))
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
