package ckpt

import (
	"fmt"
	"path/filepath"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// CheckOut returns an error if the ending of a name is of no format that [Save] writes.
func CheckOut(path string) error {
	switch filepath.Ext(path) {
	case ".pt", ".pth", ".safetensors":
		return nil
	}
	return fmt.Errorf("%s: the ending %q is of no format that is written; expected .pt, .pth or .safetensors", path, filepath.Ext(path))
}

// Save writes tensors as a state dict, in the format that the ending of the name
// tells: .pt and .pth as torch.save does, .safetensors as its library does. With
// wrap, which a .pt alone can have, the state dict is the value of that key. The
// file is there in full or not at all. Tensors are read as they are written; those
// that were one (tied weights) stay one in a .pt.
func Save(path string, state []Tensor, wrap string) error {
	if err := CheckOut(path); err != nil {
		return err
	}
	if filepath.Ext(path) == ".safetensors" {
		if wrap != "" {
			return fmt.Errorf("%s: a safetensors file holds tensors alone, which cannot be put below a key %q", path, wrap)
		}
		var out []*safetensors.Tensor
		for _, t := range state {
			out = append(out, &safetensors.Tensor{Name: t.Name, DType: t.DType, Shape: t.Shape, Source: t.WriteData})
		}
		return safetensors.Save(path, out, map[string]string{"format": "pt"})
	}
	dict := serialize.NewOrderedDict()
	made := map[string]*serialize.Tensor{}
	for _, t := range state {
		// A tensor of its own: a view would take all of its storage along.
		id := fmt.Sprintf("%p %d %v %v", t.Storage, t.Offset, t.Shape, t.Stride)
		if made[id] == nil {
			c, err := serialize.FromFunc(t.DType, t.Shape, t.WriteData)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", path, t.Name, err)
			}
			made[id] = c
		}
		if err := dict.Set(t.Name, made[id]); err != nil {
			return fmt.Errorf("%s: %s: %w", path, t.Name, err)
		}
	}
	if wrap != "" {
		return serialize.Save(path, serialize.NewDict(wrap, dict))
	}
	return serialize.Save(path, dict)
}
