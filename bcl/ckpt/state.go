package ckpt

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// wrappers are the keys under which projects put a state dict, the likeliest first.
var wrappers = []string{"state_dict", "model", "model_state_dict", "model_state", "net", "network", "backbone", "encoder"}

// State returns the state dict of a file and where it is: "" for the file itself,
// or the path of keys below which the file has it. If at is empty the usual keys are
// looked at, then all of the file: if one state dict there is a ResNet's, it is taken. Two that
// have the same names (a network and its average) are an error. other are the names of
// what else is beside it.
func (f *File) State(at string) (state []Tensor, path string, other []string, err error) {
	if path = at; at == "" {
		if s, rest, ok := stateOf(f.tree); ok {
			return s, "", rest, nil
		}
		if path, err = f.usual(); err != nil {
			return nil, "", nil, err
		}
	}
	v, parent, last, ok := f.lookup(path)
	if !ok {
		return nil, "", nil, fmt.Errorf("%s: there is no %q; state dicts are at %s", f.Path, at, list(f.stateDicts()))
	}
	s, rest, ok := stateOf(v)
	if !ok {
		return nil, "", nil, fmt.Errorf("%s: %q is no state dict; state dicts are at %s", f.Path, at, list(f.stateDicts()))
	}
	return s, path, append(siblings(parent, last), rest...), nil
}

// usual returns the path of the one state dict that is meant where none is named.
func (f *File) usual() (string, error) {
	at := f.stateDicts()
	for _, w := range wrappers {
		v, _, _, _ := f.lookup(w)
		s, _, ok := stateOf(v)
		if !ok {
			continue
		}
		for _, other := range at {
			if v, _, _, _ := f.lookup(other); other != w && sameNames(v, s) {
				return "", fmt.Errorf("%s: the state dicts at %s have the same names: choose one", f.Path, list([]string{w, other}))
			}
		}
		return w, nil
	}
	resnets := slices.DeleteFunc(slices.Clone(at), func(path string) bool {
		v, _, _, _ := f.lookup(path)
		s, _, _ := stateOf(v)
		d, err := Detect(Names(s))
		return err != nil || !d.whole(Names(s), d.Prefix)
	})
	if len(resnets) == 1 {
		return resnets[0], nil
	}
	if len(at) > 1 {
		return "", fmt.Errorf("%s: there are %d state dicts, at %s: choose one", f.Path, len(at), list(at))
	}
	if o, ok := f.tree.(*pickle.Opaque); ok && o.What == "" {
		return "", fmt.Errorf("%s: %w, but an object of %s, which is no module as PyTorch saves it; in Python, torch.save(torch.load(FILE, weights_only=False).state_dict(), OUT) writes its weights",
			f.Path, ErrNoState, serialize.Quote(o.Name))
	}
	if f.frozen() {
		return "", fmt.Errorf("%s: %w in a frozen TorchScript program: torch.jit.freeze made constants without names of its weights; save it, or its state_dict(), before", f.Path, ErrNoState)
	}
	if len(at) == 0 {
		return "", fmt.Errorf("%s: %w; state dicts are at nowhere", f.Path, ErrNoState)
	}
	return "", fmt.Errorf("%s: no state dict found; state dicts are at %s", f.Path, list(at))
}

// frozen reports a TorchScript program without parameters or buffers.
func (f *File) frozen() bool {
	if f.Format != "torchscript" {
		return false
	}
	tensors, _ := f.Leaves()
	return len(tensors) == 0
}

// ErrNoState is why [File.State] fails for a file without any state dict.
var ErrNoState = errors.New("no state dict found")

func sameNames(v any, s []Tensor) bool {
	other, _, _ := stateOf(v)
	return slices.Equal(slices.Sorted(slices.Values(Names(other))), slices.Sorted(slices.Values(Names(s))))
}

// lookup returns what a file has at a path of keys, "" for all of it, and the dict
// around that with the key there. Keys may have dots; those of lists are numbers. ok is
// false if there is no such dict; v is nil if it lacks the last key.
func (f *File) lookup(path string) (v any, parent *serialize.Dict, last string, ok bool) {
	if path == "" {
		return f.tree, nil, "", true
	}
	return lookIn(f.tree, path)
}

func lookIn(in any, path string) (v any, parent *serialize.Dict, last string, ok bool) {
	switch c := in.(type) {
	case *serialize.List:
		return lookInItems(c.Items, path)
	case *serialize.Tuple:
		return lookInItems(c.Items, path)
	case *serialize.Dict:
		if v, ok := c.Lookup(path); ok || !strings.Contains(path, ".") {
			return v, c, path, true
		}
		for i := range path {
			if path[i] != '.' {
				continue
			}
			if inner, ok := c.Lookup(path[:i]); ok {
				if v, parent, last, ok = lookIn(inner, path[i+1:]); v != nil {
					return v, parent, last, ok
				}
			}
		}
	}
	return nil, parent, last, ok
}

func lookInItems(items []any, path string) (any, *serialize.Dict, string, bool) {
	number, rest, more := strings.Cut(path, ".")
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(items) {
		return nil, nil, "", false
	}
	if more {
		return lookIn(items[i], rest)
	}
	return items[i], nil, number, true
}

func siblings(d *serialize.Dict, without string) []string {
	var out []string
	if d == nil {
		return nil
	}
	for k := range d.All() {
		if name := key(k); name != without {
			out = append(out, serialize.Quote(name))
		}
	}
	return out
}

// stateOf returns the tensors of v if it is a state dict: a dict with text for keys
// whose values are tensors, except for _extra_state, None, whole numbers and tensors of
// types that are not known, which rest names.
func stateOf(v any) (state []Tensor, rest []string, ok bool) {
	if o, isObject := v.(interface{ Weights() *serialize.Dict }); isObject { // a TorchScript or other module
		v = o.Weights()
	}
	d, isDict := v.(*serialize.Dict)
	if !isDict || d == nil {
		return nil, nil, false
	}
	for k, v := range d.All() {
		name := serialize.Quote(key(k))
		switch x := v.(type) {
		case *serialize.Tensor:
			state = append(state, Tensor{key(k), x})
			if x.Attrs != nil {
				rest = append(rest, "attributes of "+name)
			}
		case *pickle.Opaque:
			made := "made by " + serialize.Quote(x.Name) + ", which is not known"
			if x.What != "" {
				made = opaque(x)
			}
			rest = append(rest, fmt.Sprintf("%s (%s)", name, made))
		case nil, int64:
			rest = append(rest, fmt.Sprintf("%s = %s", name, show(x)))
		default:
			if !strings.HasSuffix(key(k), "_extra_state") {
				return nil, nil, false
			}
			rest = append(rest, name)
		}
	}
	return state, rest, len(state) > 0
}

// stateDicts lists where a file has state dicts.
func (f *File) stateDicts() []string {
	var out []string
	var walk func(path string, v any, depth int)
	items := func(path string, items []any, depth int) {
		for i, v := range items {
			walk(join(path, fmt.Sprint(i)), v, depth+1)
		}
	}
	walk = func(path string, v any, depth int) {
		if depth > 8 { // VISSL's are 4 deep
			return
		}
		switch c := v.(type) {
		case *serialize.List:
			items(path, c.Items, depth)
		case *serialize.Tuple:
			items(path, c.Items, depth)
		case *serialize.Dict:
			if s, _, ok := stateOf(c); ok && path != "" && slices.ContainsFunc(s, func(t Tensor) bool { return strings.Contains(t.Name, ".") }) {
				out = append(out, path) // names with dots: of modules, not of an optimiser's buffers
				return
			}
			for k, v := range c.All() {
				walk(join(path, key(k)), v, depth+1)
			}
		case *serialize.Module:
			if path != "" {
				out = append(out, path)
			}
		}
	}
	walk("", f.tree, 0)
	slices.Sort(out)
	return out
}
