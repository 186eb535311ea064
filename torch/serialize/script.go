package serialize

import (
	"fmt"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Object is a module or another object of a TorchScript archive (torch.jit.save):
// its class, which TorchScript names such as "__torch__.net.Net", and its
// attributes. The archive's code is never read.
type Object struct {
	Class string
	Attrs *Dict
}

// SetState is called by package pickle with the attributes.
func (o *Object) SetState(_ *pickle.Decoder, state any) error {
	return setAttrs(&o.Attrs, o.Class, state)
}

// PickleChildren returns what package pickle walks over.
func (o *Object) PickleChildren() []any { return attrsOf(o.Attrs) }

// Weights returns the tensors below o under the names of a state dict, such as
// "layer1.0.conv1.weight". Attributes that are not tensors or modules are skipped, as are
// tensors in lists.
func (o *Object) Weights() *Dict {
	out := NewOrderedDict()
	var walk func(prefix string, o *Object)
	walk = func(prefix string, o *Object) {
		for k, v := range o.Attrs.All() {
			name := prefix + str(k)
			switch v := v.(type) {
			case *Tensor:
				_ = out.Set(name, v) // a string is hashable
			case *Object:
				walk(name+".", v)
			}
		}
	}
	walk("", o)
	return out
}

// scriptFind adds the names in TorchScript archives to an allow-list: classes of the
// archive itself, which become *[Object], and typed lists.
func scriptFind(allow pickle.AllowList) func(module, name string) (any, error) {
	return func(module, name string) (any, error) {
		full := module + "." + name
		switch {
		case module == "__torch__" || strings.HasPrefix(module, "__torch__."):
			return &pickle.Class{Name: full, New: func(_ *pickle.Decoder, args []any) (any, error) {
				if len(args) != 0 {
					return nil, fmt.Errorf("%d arguments, expected none", len(args))
				}
				return &Object{Class: full}, nil
			}}, nil
		case module == "torch.jit._pickle" && scriptLists[name]:
			return &pickle.Class{Name: full, New: func(_ *pickle.Decoder, args []any) (any, error) {
				if len(args) == 1 {
					if l, ok := args[0].(*List); ok {
						return l, nil
					}
				}
				return nil, fmt.Errorf("expected one list")
			}}, nil
		}
		return allow.Find(module, name)
	}
}

// scriptLists are the functions that set the element type of a list.
var scriptLists = map[string]bool{
	"build_intlist": true, "build_doublelist": true, "build_boollist": true, "build_tensorlist": true,
}
