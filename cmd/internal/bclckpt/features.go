package bclckpt

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/pretrained"
	"github.com/bcl-go/bcl/cmd/internal/weights"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// compute returns the features of the images, computed by our network with the
// weights of a file, and the backbone that it found there.
func compute(path string, w *weights.Flags, size, images int, o ckpt.BackboneOptions) (*npy.Array, *ckpt.Extracted, error) {
	in, err := w.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	b, err := in.Backbone(o)
	if err != nil {
		return nil, nil, err
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
