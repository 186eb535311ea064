package checkpoint

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
)

// masks is bcl.masks of a checkpoint: bool tensors by the names of the weights they
// prune, or None where the next step makes new ones.
func (s *Snapshot) masks(t *train.Trainer) (any, error) {
	masks := t.Masks()
	if masks == nil {
		return nil, nil
	}
	d := serialize.NewDict()
	for _, m := range masks {
		if err := s.set(d, m.Name, m.Tensor.To(torch.Bool)); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// restoreMasks gives t the masks of a checkpoint that was written within an epoch.
func (c *Checkpoint) restoreMasks(t *train.Trainer) error {
	var masks []nn.Named
	if d, ok := child(c.bcl, "masks"); ok {
		for name, v := range d.All() {
			s, ok := v.(*serialize.Tensor)
			if !ok {
				return fmt.Errorf("bcl.masks.%v is a %T, expected a tensor", name, v)
			}
			tensor, err := torch.FromSerial(s)
			if err != nil {
				return fmt.Errorf("bcl.masks.%v: %w", name, err)
			}
			masks = append(masks, nn.Named{Name: fmt.Sprint(name), Tensor: tensor})
		}
	}
	if err := t.SetMasks(masks); err != nil {
		return fmt.Errorf("bcl.masks: %w", err)
	}
	return nil
}
