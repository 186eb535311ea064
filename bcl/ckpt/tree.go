package ckpt

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
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
	var walk func(path string, v any)
	items := func(path string, list []any) {
		if plain(list) {
			values = append(values, Value{path, showList(list)})
			return
		}
		for i, v := range list {
			walk(join(path, fmt.Sprint(i)), v)
		}
	}
	walk = func(path string, v any) {
		switch v := v.(type) {
		case *serialize.Tensor:
			tensors = append(tensors, Tensor{path, v})
			walk(path, v.Attrs)
		case *serialize.Dict:
			if v == nil {
				return // the attributes of a value; empty if it has none
			}
			for k, v := range v.All() {
				walk(join(path, key(k)), v)
			}
			for k, a := range v.Attrs.All() { // such as _metadata, in one line
				values = append(values, Value{join(path, key(k)), show(a)})
			}
		case *serialize.List:
			items(path, v.Items)
		case *serialize.Tuple:
			items(path, v.Items)
		case *serialize.Namespace:
			walk(path, v.Attrs)
		case *serialize.Object:
			walk(path, v.Attrs)
		default:
			values = append(values, Value{path, show(v)})
		}
	}
	walk("", f.tree)
	return tensors, values
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
		return "an object of " + serialize.Quote(v.Name) + ", which is not known"
	case *big.Int:
		return "0x" + v.Text(16) // decimal takes long of a long number
	case *serialize.Tensor:
		return fmt.Sprintf("a tensor of %v %v", v.DType, v.Shape)
	case *serialize.Storage:
		return fmt.Sprintf("a storage of %d elements of %v", v.Len, v.DType)
	}
	return fmt.Sprintf("%v", v)
}

// wrappers are the keys under which projects put a state dict, most likely first.
var wrappers = []string{"state_dict", "model", "model_state_dict", "model_state", "net", "network", "backbone", "encoder"}

// State returns the state dict of a file and where it is: "" for the file itself, or its
// path of keys in the file. If at is empty the usual keys are tried. other are the names
// of what is next to it.
func (f *File) State(at string) (state []Tensor, path string, other []string, err error) {
	if at == "" {
		if s, rest, ok := stateOf(f.tree); ok {
			return s, "", rest, nil
		}
		if top, ok := f.tree.(*serialize.Dict); ok {
			for _, w := range wrappers {
				v, _ := top.Lookup(w)
				if s, rest, ok := stateOf(v); ok {
					return s, w, append(siblings(top, w), rest...), nil
				}
			}
		}
		return nil, "", nil, fmt.Errorf("%s: no state dict found; state dicts are at %s", f.Path, list(f.stateDicts()))
	}
	v, parent, ok := f.lookup(at)
	if !ok {
		return nil, "", nil, fmt.Errorf("%s: there is no %q; state dicts are at %s", f.Path, at, list(f.stateDicts()))
	}
	s, rest, ok := stateOf(v)
	if !ok {
		return nil, "", nil, fmt.Errorf("%s: %q is no state dict; state dicts are at %s", f.Path, at, list(f.stateDicts()))
	}
	return s, at, append(siblings(parent, last(at)), rest...), nil
}

// lookup returns the value at a path of keys of a file, "" for the whole file, and the
// dict around it. ok is false if that dict does not exist; v is nil if it lacks the last
// key.
func (f *File) lookup(path string) (v any, parent *serialize.Dict, ok bool) {
	v = f.tree
	if path == "" {
		return v, nil, true
	}
	for _, k := range strings.Split(path, ".") {
		if parent, _ = v.(*serialize.Dict); parent == nil {
			return nil, nil, false
		}
		v, _ = parent.Lookup(k)
	}
	return v, parent, true
}

func siblings(d *serialize.Dict, without string) []string {
	var out []string
	for k := range d.All() {
		if name := key(k); name != without {
			out = append(out, serialize.Quote(name))
		}
	}
	return out
}

// stateOf returns the tensors of v if it is a state dict: a dict with text for keys whose
// values are tensors, except for _extra_state and tensors of unknown types, which rest
// names.
func stateOf(v any) (state []Tensor, rest []string, ok bool) {
	if o, isObject := v.(*serialize.Object); isObject {
		v = o.Weights()
	}
	d, isDict := v.(*serialize.Dict)
	if !isDict {
		return nil, nil, false
	}
	for k, v := range d.All() {
		t, isTensor := v.(*serialize.Tensor)
		o, isOpaque := v.(*pickle.Opaque)
		switch {
		case isTensor:
			state = append(state, Tensor{key(k), t})
			if t.Attrs != nil {
				rest = append(rest, "attributes of "+serialize.Quote(key(k)))
			}
		case strings.HasSuffix(key(k), "_extra_state"):
			rest = append(rest, serialize.Quote(key(k)))
		case isOpaque:
			rest = append(rest, fmt.Sprintf("%s (made by %s, which is not known)", serialize.Quote(key(k)), serialize.Quote(o.Name)))
		default:
			return nil, nil, false
		}
	}
	return state, rest, len(state) > 0
}

// stateDicts lists where a file has state dicts.
func (f *File) stateDicts() []string {
	var out []string
	var walk func(path string, v any, depth int)
	walk = func(path string, v any, depth int) {
		d, ok := v.(*serialize.Dict)
		if !ok || depth > 3 {
			return
		}
		if s, _, ok := stateOf(d); ok && path != "" && slices.ContainsFunc(s, func(t Tensor) bool { return strings.Contains(t.Name, ".") }) {
			out = append(out, path) // names with dots are of modules, not of an optimiser's buffers
			return
		}
		for k, v := range d.All() {
			walk(join(path, key(k)), v, depth+1)
		}
	}
	walk("", f.tree, 0)
	slices.Sort(out)
	return out
}

// list writes names for a message, up to a limit.
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
