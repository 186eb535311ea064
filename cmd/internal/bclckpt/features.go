package bclckpt

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/pretrained"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// compute returns the features of the images, computed by our network with a file's
// weights, and the backbone found in the file.
func compute(path, at string, size, images int, o ckpt.BackboneOptions) (*npy.Array, *ckpt.Extracted, error) {
	in, err := open(path, at, false)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	o.Architecture = in.Architecture()
	b, err := ckpt.BackboneOf(in.state, o)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	config, err := pretrained.Config(b.Arch)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if size == 0 {
		size = config.Stem.Size()
	}
	out, err := torch.With(func() (out []float32, err error) {
		net, err := pretrained.Load(b, pretrained.NotNormalized)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		side := int64(size)
		x := torch.FromSlice(ckpt.Images(images, size), int64(images), side, side, 3)
		torch.NoGrad(func() { out = torch.Slice[float32](net.Forward(model.FromPixels(x, torch.CPU))) })
		return out, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return npy.FromFloat32s(out, images, len(out)/images), b, nil
}
