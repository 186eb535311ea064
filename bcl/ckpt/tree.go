package ckpt

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Value is a leaf of a file that is not a tensor.
type Value struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Leaves returns all contents of a file, tensors and other values, under paths such as
// "optim.state.0.momentum_buffer".
func (f *File) Leaves() (tensors []Tensor, values []Value) {
	f.walk(func(path string, v any) {
		if t, ok := v.(*serialize.Tensor); ok {
			tensors = append(tensors, Tensor{path, t})
		} else {
			values = append(values, Value{path, show(v)})
		}
	})
	return tensors, values
}

// walk calls leaf for all contents of a file: tensors, and values in one line.
func (f *File) walk(leaf func(path string, v any)) {
	var walk func(path string, v any)
	items := func(path string, of any, list []any) {
		if plain(list) {
			leaf(path, of)
			return
		}
		for i, v := range list {
			walk(join(path, fmt.Sprint(i)), v)
		}
	}
	walk = func(path string, v any) {
		switch v := v.(type) {
		case *serialize.Tensor:
			leaf(path, v)
			walk(path, v.Attrs)
		case *serialize.Dict:
			if v == nil {
				return // the attributes of a value; empty if it has none
			}
			for k, v := range v.All() {
				walk(join(path, key(k)), v)
			}
			for k, a := range v.Attrs.All() { // such as _metadata, in one line
				leaf(join(path, key(k)), a)
			}
		case *serialize.List:
			items(path, v, v.Items)
		case *serialize.Tuple:
			items(path, v, v.Items)
		case *serialize.Namespace:
			walk(path, v.Attrs)
		case *serialize.Object:
			walk(path, v.Attrs)
		case *serialize.Module:
			walk(path, v.Weights())
		default:
			leaf(path, v)
		}
	}
	walk("", f.tree)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// plain reports whether a list has only scalars, and so is shown as one value.
func plain(list []any) bool {
	for _, v := range list {
		switch v.(type) {
		case nil, bool, int64, float64, string:
		default:
			return false
		}
	}
	return true
}

func showList(list []any) string {
	var items []string
	for _, v := range list {
		items = append(items, show(v))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// key returns a dict's key as text.
func key(k any) string {
	if b, ok := k.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(k)
}

// show writes a value in one line, as Python would.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return fmt.Sprintf("%q", v)
	case []byte:
		return fmt.Sprintf("b%q", v)
	case *serialize.Dict:
		var items []string
		for k, v := range v.All() {
			items = append(items, show(k)+": "+show(v))
		}
		return "{" + strings.Join(items, ", ") + "}"
	case *serialize.List:
		return showList(v.Items)
	case *serialize.Tuple:
		return showList(v.Items)
	case *pickle.Opaque:
		return opaque(v)
	case *serialize.Module:
		return "a module of " + serialize.Quote(v.Class)
	case *big.Int:
		return "0x" + v.Text(16) // decimal takes long of a long number
	case *serialize.Tensor:
		return fmt.Sprintf("a tensor of %v %v", v.DType, v.Shape)
	case *npy.Array:
		if values, err := v.Float32s(); err == nil && len(values) <= 8 {
			return fmt.Sprintf("an array of %v %v: %v", v.DType, v.Shape, values)
		}
		return fmt.Sprintf("an array of %v %v", v.DType, v.Shape)
	case *serialize.Storage:
		return fmt.Sprintf("a storage of %d elements of %v", v.Len, v.DType)
	}
	return fmt.Sprintf("%v", v)
}

// list writes names for a message, not too many.
func list(names []string) string {
	const most = 8
	if len(names) == 0 {
		return "nowhere"
	}
	var shown []string
	for _, n := range names[:min(len(names), most)] {
		shown = append(shown, serialize.Quote(n))
	}
	text := strings.Join(shown, ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}
