package ckpt

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// TensorInfo describes a tensor.
type TensorInfo struct {
	Name     string `json:"name"`
	DType    string `json:"dtype"`
	Shape    []int  `json:"shape"`
	Elements int    `json:"elements"`
	Bytes    int    `json:"bytes"`
	SHA256   string `json:"sha256"`               // of the elements, little-endian, in C order
	Odd      int    `json:"not_finite,omitempty"` // elements that are NaN or infinite
}

// Info describes a file.
type Info struct {
	Path    string   `json:"path"`
	Format  string   `json:"format"`
	Shards  []string `json:"shards,omitempty"`
	Sealed  bool     `json:"sealed"`            // with a valid checksum of the whole file
	Scheme  string   `json:"scheme,omitempty"`  // of the names of its state dict
	Prefix  string   `json:"prefix,omitempty"`  // before all names
	Network string   `json:"network,omitempty"` // the network by its shapes
	// Networks are the prefixes of whole ResNets if there are several, and StateDicts the
	// places of state dicts if none is likelier than the others.
	Networks   []string          `json:"networks,omitempty"`
	StateDicts []string          `json:"state_dicts,omitempty"`
	Metadata   map[string]string `json:"metadata,omitempty"`
	Unknown    []string          `json:"unknown_globals"`          // named by the file, and skipped
	Classes    []string          `json:"module_classes,omitempty"` // of whole modules: their weights are read
	Unread     []Value           `json:"unread"`                   // of Values, those that are known and not read
	Values     []Value           `json:"values"`
	Tensors    []TensorInfo      `json:"tensors"`
	Tied       [][]string        `json:"tied,omitempty"`   // names of tensors that are one ([Tied])
	Frozen     bool              `json:"frozen,omitempty"` // a TorchScript program whose weights have no names
	Elements   int               `json:"elements"`
	Bytes      int               `json:"bytes"`
}

// Inspect describes all that a file holds. It reads every tensor once, and a .pt
// once before to verify all of its checksums.
func Inspect(f *File) (*Info, error) { return InspectAt(f, "", BackboneOptions{}) }

// InspectAt is [Inspect], whose scheme and network are those of the state dict at a path of
// keys, with the names that the options make of its own. It is an error if the path or the
// prefix to strip is not there.
func InspectAt(f *File, at string, o BackboneOptions) (*Info, error) {
	for _, pt := range f.pts {
		if err := pt.Verify(); err != nil {
			return nil, err
		}
	}
	tensors, values := f.Leaves()
	info := &Info{Path: f.Path, Format: f.Format, Shards: f.Shards, Metadata: f.Metadata, Unknown: append([]string{}, f.Unknown...), Classes: f.Classes, Unread: append([]Value{}, f.Unread()...), Values: append([]Value{}, values...), Tensors: []TensorInfo{}}
	for _, t := range tensors {
		h, odd := sha256.New(), finite{elem: t.DType}
		if err := t.WriteData(io.MultiWriter(h, &odd)); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", f.Path, t.Name, err)
		}
		n := t.Len()
		info.Tensors = append(info.Tensors, TensorInfo{t.Name, t.DType.String(), shape(t), n, n * t.DType.Size(), hex.EncodeToString(h.Sum(nil)), odd.bad})
		info.Elements += n
		info.Bytes += n * t.DType.Size()
	}
	info.Tied, info.Frozen = Tied(tensors), f.frozen()
	info.Sealed = len(f.pts) == 1 && f.pts[0].Sealed()
	return info, info.guess(f, at, o)
}

// guess names the network; it stays empty for other files.
func (info *Info) guess(f *File, at string, o BackboneOptions) error {
	state, _, _, err := f.State(at)
	if err != nil {
		if at == "" && o.Strip == "" {
			if info.StateDicts = f.stateDicts(); len(info.StateDicts) < 2 {
				info.StateDicts = nil
			}
			err = nil
		}
		return err
	}
	_, names, err := (&Options{Strip: o.Strip, Map: o.Map}).renamed(state)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	d, err := Detect(names)
	if several := (*Networks)(nil); errors.As(err, &several) {
		info.Networks = several.Below
	}
	if err != nil || 2*d.Known < len(names) {
		return nil
	}
	info.Scheme, info.Prefix = d.Name, o.Strip+d.Prefix
	o.Branch, o.Unlike = Full, f.Unlike()
	if b, err := BackboneOf(state, o); err == nil {
		info.Network = b.Arch.String()
	}
	return nil
}

// Names returns the tensors' names.
func Names(state []Tensor) []string {
	var out []string
	for _, t := range state {
		out = append(out, t.Name)
	}
	return out
}
