package bclckpt

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// compute returns the features of the images, computed by our network with the
// weights of a file, and the backbone that it found there.
func compute(path, at string, size, images int, o ckpt.BackboneOptions) (*npy.Array, *ckpt.Extracted, error) {
	in, err := open(path, at, false)
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	b, err := ckpt.BackboneOf(in.state, o)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	config, err := configOf(b.Arch)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if size == 0 {
		size = config.Stem.Size()
	}
	out, err := torch.With(func() (out []float32, err error) {
		net := model.NewResNet(config)
		weights, err := named(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if err := nn.LoadStateDict(net, weights); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		nn.Eval(net)
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

// configOf returns the settings of our network, if we have such a one.
func configOf(a ckpt.Arch) (model.Config, error) {
	c := model.Config{Arch: a.Name(), Stem: model.CIFARStem, Width: a.Width, Classes: 1}
	if a.Kernel == 7 {
		c.Stem = model.ImageNetStem
	}
	if a.Kernel != 3 && a.Kernel != 7 || !slices.Contains(model.Archs(), c.Arch) {
		return c, fmt.Errorf("%v cannot be computed here; known are %v with a stem of 3x3 or 7x7", a, model.Archs())
	}
	return c, c.Check()
}

// named returns the weights as tensors of libtorch, float32. A network that does
// not normalise its input subtracts 0 and divides by 1.
func named(b *ckpt.Extracted) ([]nn.Named, error) {
	out := []nn.Named{
		{Name: "normalize.mean", Tensor: torch.FromSlice([]float32{0, 0, 0})},
		{Name: "normalize.std", Tensor: torch.FromSlice([]float32{1, 1, 1})},
	}
	for i, t := range b.Normalize {
		if t.DType != dtype.Float32 || t.Len() != 3 || i > 1 {
			return nil, fmt.Errorf("normalize.%s is %v %v, expected three float32", t.Name, t.DType, t.Shape)
		}
		data, err := t.Bytes()
		if err != nil {
			return nil, err
		}
		v := make([]float32, 3)
		for k := range v {
			v[k] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*k:]))
		}
		for k := range out[:2] {
			if out[k].Name == "normalize."+t.Name {
				out[k].Tensor = torch.FromSlice(v)
			}
		}
	}
	for _, t := range b.Tensors {
		x, err := bridge.FromFile(t.Tensor)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		if t.DType.IsFloat() {
			x = x.To(torch.Float32)
		}
		out = append(out, nn.Named{Name: t.Name, Tensor: x})
	}
	return out, nil
}
