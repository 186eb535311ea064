package ckpt

import (
	"fmt"
	"maps"
	"path/filepath"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// CheckOut returns an error if [Save] cannot write a format with the ending of a name.
func CheckOut(path string) error {
	switch filepath.Ext(path) {
	case ".pt", ".pth", ".safetensors":
		return nil
	}
	return fmt.Errorf("%s: the ending %q is not supported; expected .pt, .pth or .safetensors", path, filepath.Ext(path))
}

// IsSafetensors reports whether [Save] writes safetensors under that name.
func IsSafetensors(path string) bool { return filepath.Ext(path) == ".safetensors" }

// SaveOptions of [Save].
type SaveOptions struct {
	Wrap     string            // the state dict is the value of this key; .pt only
	Modules  *serialize.Dict   // versions of the modules, as [File.Modules]; .pt only
	Metadata map[string]string // .safetensors only; "format" is "pt" unless it has "format"
}

// Save writes tensors as a state dict, in the format of the name's ending: .pt and .pth
// as torch.save does, .safetensors as its library does. The file is complete or absent.
// Tensors are read as they are written; shared ones (tied weights) stay shared in a .pt.
func Save(path string, state []Tensor, o SaveOptions) error {
	if err := CheckOut(path); err != nil {
		return err
	}
	if IsSafetensors(path) {
		if o.Wrap != "" {
			return fmt.Errorf("%s: a safetensors file holds only tensors, which cannot be put below a key %q", path, o.Wrap)
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
		// A copy: a view would include all of its storage.
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
