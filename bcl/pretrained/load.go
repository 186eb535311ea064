package pretrained

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// Normalize is a network's normalisation of its input, whose values are in [0, 1]: (x -
// Mean) / Std, for red, green and blue.
type Normalize struct{ Mean, Std [3]float32 }

// NotNormalized does not change the input.
var NotNormalized = Normalize{Std: [3]float32{1, 1, 1}}

// stems are the stems by the side of their convolution.
var stems = map[int]model.Stem{3: model.CIFARStem, 7: model.ImageNetStem}

// Config returns the settings of the network that weights belong to. It is an error if
// package model has no such network.
func Config(a ckpt.Arch) (model.Config, error) {
	c := model.Config{Arch: a.Name(), Stem: stems[a.Kernel], Width: a.Width, Classes: 1}
	if c.Stem == "" || !slices.Contains(model.Archs(), c.Arch) {
		return c, fmt.Errorf("%v cannot be computed here; known are %v with a stem of 3x3 or 7x7", a, model.Archs())
	}
	return c, c.Check()
}

// Load returns the network of b with its weights, in float32 and evaluation mode, on the
// CPU. The weights may be of any floating-point type. n has mean and standard deviation
// of the input for files without them.
func Load(b *ckpt.Extracted, n Normalize) (*model.ResNet, error) {
	c, err := Config(b.Arch)
	if err != nil {
		return nil, err
	}
	state := []nn.Named{
		{Name: "normalize.mean", Tensor: torch.FromSlice(n.Mean[:])},
		{Name: "normalize.std", Tensor: torch.FromSlice(n.Std[:])},
	}
	for _, t := range b.Normalize {
		t.Name = "normalize." + t.Name
		x, err := tensor(t)
		if err == nil && t.Len() != 3 {
			err = fmt.Errorf("%s has the shape %v, expected 3 values", t.Name, t.Shape)
		}
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(state, func(s nn.Named) bool { return s.Name == t.Name })
		state[i].Tensor = x.Reshape(3)
	}
	for _, t := range b.Tensors {
		x, err := tensor(t)
		if err != nil {
			return nil, err
		}
		state = append(state, nn.Named{Name: t.Name, Tensor: x})
	}
	net := model.NewResNet(c)
	if err := nn.LoadStateDict(net, state); err != nil {
		return nil, err
	}
	nn.Eval(net)
	return net, nil
}

// tensor reads a tensor of a file. Integers instead of weights, such as those of a
// quantised network, are an error.
func tensor(t ckpt.Tensor) (torch.Tensor, error) {
	if !t.DType.IsFloat() && !strings.HasSuffix(t.Name, ".num_batches_tracked") {
		return torch.Tensor{}, fmt.Errorf("%s is of the type %v, expected a floating-point type", t.Name, t.DType)
	}
	x, err := bridge.FromFile(t.Tensor)
	if err != nil {
		return x, fmt.Errorf("%s: %w", t.Name, err)
	}
	return x, nil
}
