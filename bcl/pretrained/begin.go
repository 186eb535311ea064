package pretrained

import (
	"fmt"
	"strings"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Begin gives the encoder of a network that is to be trained the weights of b, with mean and
// standard deviation of the input if the file has them. Its projector keeps its values. Of
// an encoder with two branches ([model.SDCLR]) each gets the norms. It is an error if b
// belongs to another network than c.
func Begin(net model.Network, c model.Config, b *ckpt.Extracted) error {
	is, err := Config(b.Arch)
	if err != nil {
		return err
	}
	if is.Arch != c.Arch || is.Stem != c.Stem || is.Width != c.Width {
		return fmt.Errorf("%v, expected %s of width %d with the %s stem", b.Arch, c.Arch, c.Width, c.Stem)
	}
	return torch.Do(func() error {
		given := map[ckpt.Name]torch.Tensor{}
		for component, list := range map[ckpt.Component][]ckpt.Tensor{ckpt.Backbone: b.Tensors, ckpt.Normalize: b.Normalize} {
			for _, t := range list {
				if given[ckpt.Name{Component: component, Path: t.Name}], err = tensor(t); err != nil {
					return err
				}
			}
		}
		state := nn.StateDict(net)
		var names []string
		for _, own := range state {
			names = append(names, own.Name)
		}
		its, err := ckpt.Detect(names)
		if err != nil {
			return err
		}
		var missing []string
		torch.NoGrad(func() {
			for _, own := range state {
				name, known := its.Parse(strings.TrimPrefix(own.Name, its.Prefix))
				name.Branch = ckpt.Single
				x, ok := given[name]
				switch {
				case ok:
					own.Tensor.Copy_(x.Reshape(own.Tensor.Shape()...))
				case known && name.Component == ckpt.Backbone && !strings.HasSuffix(own.Name, ".num_batches_tracked"):
					missing = append(missing, own.Name)
				}
			}
		})
		if missing != nil {
			return &nn.Mismatch{Missing: missing}
		}
		return nil
	})
}
