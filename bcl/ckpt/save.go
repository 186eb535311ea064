package ckpt

import (
	"fmt"
	"maps"
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

// IsSafetensors reports whether [Save] writes safetensors under that name.
func IsSafetensors(path string) bool { return filepath.Ext(path) == ".safetensors" }

// SaveOptions of [Save].
type SaveOptions struct {
	Wrap     string            // the state dict is the value of this key; .pt only
	Modules  *serialize.Dict   // versions of the modules, as [File.Modules]; .pt only
	Metadata map[string]string // .safetensors only; "format" is "pt" unless it says otherwise
}

// Save writes tensors as a state dict, in the format that the ending of the name
// tells: .pt and .pth as torch.save does, .safetensors as its library does. The file
// is there in full or not at all. Tensors are read as they are written; those that
// were one (tied weights) stay one in a .pt.
func Save(path string, state []Tensor, o SaveOptions) error {
	if err := CheckOut(path); err != nil {
		return err
	}
	if IsSafetensors(path) {
		if o.Wrap != "" {
			return fmt.Errorf("%s: a safetensors file holds tensors alone, which cannot be put below a key %q", path, o.Wrap)
		}
		var out []*safetensors.Tensor
		for _, t := range state {
			out = append(out, &safetensors.Tensor{Name: t.Name, DType: t.DType, Shape: t.Shape, Source: t.WriteData})
		}
		metadata := map[string]string{"format": "pt"}
		maps.Copy(metadata, o.Metadata)
		return safetensors.Save(path, out, metadata)
	}
	dict := serialize.NewOrderedDict()
	if o.Modules != nil {
		dict.Attrs = serialize.NewDict(modulesKey, o.Modules)
	}
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
	if o.Wrap != "" {
		return serialize.Save(path, serialize.NewDict(o.Wrap, dict))
	}
	return serialize.Save(path, dict)
}
