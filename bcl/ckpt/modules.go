package ckpt

import (
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize"
)

// modulesKey is the attribute of a state dict in which PyTorch keeps the version of each
// module, by its path: {"bn1": {"version": 2}}. load_state_dict uses it to detect files
// older than the module.
const modulesKey = "_metadata"

// Modules returns the versions of the modules of the state dict at a path of keys, nil if
// it has none, and the names of its other attributes.
func (f *File) Modules(path string) (modules *serialize.Dict, other []string) {
	v, _, _, _ := f.lookup(path)
	d, _ := v.(*serialize.Dict)
	if d == nil || d.Attrs == nil {
		return nil, nil
	}
	for k, v := range d.Attrs.All() {
		if m, ok := v.(*serialize.Dict); ok && key(k) == modulesKey {
			modules = m
		} else {
			other = append(other, key(k))
		}
	}
	return modules, other
}

// RenameModules gives the versions of modules the names that [Convert] gave their
// tensors, as the report has them. Modules without tensors (activations) are kept only if
// no scheme and no map changed any name; left has the others.
func RenameModules(modules *serialize.Dict, r *Report, o Options) (kept *serialize.Dict, left []string) {
	kept = serialize.NewOrderedDict()
	if modules == nil {
		return nil, nil
	}
	moved, gone := movedModules(r), map[string]bool{}
	for _, d := range r.Dropped {
		for m := parent(d.Name); m != ""; m = parent(m) {
			gone[m] = true
		}
	}
	plain := o.To == nil && len(o.Map) == 0
	for k, v := range modules.All() {
		name := key(k)
		to := moved[name]
		if to == nil && plain && !gone[name] {
			name := strings.TrimSuffix(strings.TrimPrefix(name+".", o.Strip), ".")
			to = []string{strings.TrimSuffix(o.Prefix+name, ".")}
		}
		if to == nil {
			left = append(left, name)
		}
		for _, t := range to {
			if _, there := kept.Get(t); !there {
				_ = kept.Set(t, v) // a string is hashable
			}
		}
	}
	return kept, left
}

// movedModules returns the new names of the modules with tensors, and of those around
// them as far as the ends of the names are the same.
func movedModules(r *Report) map[string][]string {
	moved := map[string][]string{}
	for _, m := range r.moves() {
		from, to := parent(m.From), parent(m.To)
		for {
			if !slices.Contains(moved[from], to) {
				moved[from] = append(moved[from], to)
			}
			if from == "" || to == "" || last(from) != last(to) {
				break
			}
			from, to = parent(from), parent(to)
		}
	}
	return moved
}

// parent is the path of the module that holds a name, "" for the network.
func parent(name string) string {
	return name[:max(0, strings.LastIndexByte(name, '.'))]
}

func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
