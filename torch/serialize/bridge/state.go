package bridge

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
)

// SaveStateDict writes a state dict to a file as torch.save does, which
// torch.load(weights_only=True) reads. It replaces what is there, at once.
func SaveStateDict(path string, state []nn.Named) error {
	dict := serialize.NewDict()
	err := torch.Do(func() error {
		for _, n := range state {
			t, err := ToFile(n.Tensor)
			if err != nil {
				return err
			}
			dict.Set(n.Name, t)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return serialize.Save(path, dict)
}
