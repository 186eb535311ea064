package serialize

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Module is a torch.nn.Module that was saved whole, as torch.save(model) does, read with
// Options.SkipUnknown. Of its attributes only the parameters, buffers and sub-modules are
// kept; its class is a name, and its code is not in the file.
type Module struct {
	Class string // such as "torchvision.models.resnet.ResNet"

	params, buffers, modules *Dict
	transient                *pickle.Set // names of buffers that are not in the state dict
}

// PickleChildren returns what package pickle walks over.
func (m *Module) PickleChildren() []any {
	kids := []any{m.params, m.buffers, m.modules}
	if m.transient != nil {
		kids = append(kids, m.transient) // many modules may share one
	}
	return kids
}

// Weights returns the module's state dict, as Module.state_dict does for a class that does
// not override it: parameters and persistent buffers, then those of the sub-modules, under
// names such as "layer1.0.conv1.weight". Values that are not read are *[pickle.Opaque].
func (m *Module) Weights() *Dict {
	out := NewOrderedDict()
	m.weights("", out)
	return out
}

func (m *Module) weights(prefix string, out *Dict) {
	transient := map[string]bool{}
	if m.transient != nil {
		for _, name := range m.transient.Items {
			transient[str(name)] = true
		}
	}
	for k, v := range m.params.All() {
		add(out, prefix+str(k), v)
	}
	for k, v := range m.buffers.All() {
		if !transient[str(k)] {
			add(out, prefix+str(k), v)
		}
	}
	for k, v := range m.modules.All() {
		if sub, ok := v.(*Module); ok {
			sub.weights(prefix+str(k)+".", out)
		} else {
			add(out, prefix+str(k), v)
		}
	}
}

// add sets a value of a state dict. None, which modules may have for a parameter, buffer
// or sub-module, is left out.
func add(out *Dict, name string, v any) {
	switch v.(type) {
	case *Tensor, *pickle.Opaque:
		_ = out.Set(name, v) // a string is hashable
	}
}

// asModule returns the module that an object of an unknown class with a state is; nil if
// it is none.
func asModule(o *pickle.Opaque, state any) any {
	if pair, ok := state.(*Tuple); ok && len(pair.Items) == 2 { // the second has the values of __slots__
		state = pair.Items[0]
	}
	attrs, _ := state.(*Dict)
	m := &Module{Class: o.Name}
	for name, part := range map[string]**Dict{"_parameters": &m.params, "_buffers": &m.buffers, "_modules": &m.modules} {
		var ok bool
		if *part, ok = Lookup[*Dict](attrs, name); !ok {
			return nil
		}
	}
	// PyTorch before 1.5 had none.
	m.transient, _ = Lookup[*pickle.Set](attrs, "_non_persistent_buffers_set")
	return m
}

// newCompiled is OptimizedModule(module, context), what torch.compile makes of a module.
func newCompiled(_ *pickle.Decoder, args []any) (any, error) {
	if len(args) == 2 {
		if m, ok := args[0].(*Module); ok {
			return &Module{Class: compiled, params: NewDict(), buffers: NewDict(), modules: NewDict("_orig_mod", m)}, nil
		}
	}
	return nil, fmt.Errorf("of %d arguments, expected a module and its context", len(args))
}

const compiled = "torch._dynamo.eval_frame.OptimizedModule"

// forget removes from Unknown the classes that only modules are of: modules are read.
func (f *File) forget() {
	if len(f.Unknown) == 0 {
		return
	}
	modules, others := map[string]bool{}, map[string]bool{}
	pickle.Total(f.Tree, func(v any) float64 {
		switch v := v.(type) {
		case *Module:
			modules[v.Class] = true
		case *pickle.Opaque:
			others[v.Name] = true
		}
		return 0
	})
	f.Unknown = slices.DeleteFunc(f.Unknown, func(name string) bool {
		if modules[name] && !others[name] {
			f.Classes = append(f.Classes, name)
			return true
		}
		return false
	})
}
