package serialize

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// tensorClass is torch.Tensor or a similar class, which a file names next to a tensor
// with attributes of its own.
type tensorClass string

const (
	plainClass     tensorClass = "torch.Tensor"
	parameterClass tensorClass = "torch.nn.parameter.Parameter"
	bufferClass    tensorClass = "torch.nn.parameter.Buffer"
)

// rebuildFromType is _rebuild_from_type_v2(function, class, arguments, state): a
// tensor that the function makes, with attributes.
func rebuildFromType(d *pickle.Decoder, args []any) (any, error) {
	for _, a := range args[:2] { // such as torchvision's Image, a class derived from Tensor
		if o, ok := a.(*pickle.Opaque); ok {
			return nil, unsupported(fmt.Sprintf("a tensor of the class %.80q", o.Name), fmt.Sprintf("of the unknown %.80q", o.Name))
		}
	}
	f, ok := args[0].(*pickle.Class)
	inner, ok2 := args[2].(*Tuple)
	if _, ok3 := args[1].(tensorClass); !ok || !ok2 || !ok3 {
		return nil, fmt.Errorf("of a %s, a %s and a %s, expected a function, a class of tensors and a tuple",
			pickle.TypeName(args[0]), pickle.TypeName(args[1]), pickle.TypeName(args[2]))
	}
	switch f.Name {
	case "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor", "torch._utils._rebuild_parameter":
	default:
		return nil, fmt.Errorf("a tensor made by %s, expected _rebuild_tensor_v2 or _rebuild_parameter", f.Name)
	}
	v, err := f.New(d, inner.Items)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return withAttrs(v.(*Tensor), args[3])
}

// rebuildParameterWithState is _rebuild_parameter_with_state(data, requires_grad,
// hooks, state).
func rebuildParameterWithState(d *pickle.Decoder, args []any) (any, error) {
	v, err := rebuildParameter(d, args[:3])
	if err != nil {
		return nil, err
	}
	return withAttrs(v.(*Tensor), args[3])
}

// withAttrs sets the attributes of a new tensor: a dict, or a pair of a dict and the
// values of __slots__.
func withAttrs(t *Tensor, state any) (any, error) {
	if pair, ok := state.(*Tuple); ok && len(pair.Items) == 2 && empty(pair.Items[1]) {
		state = pair.Items[0]
	}
	if empty(state) {
		return t, nil
	}
	attrs, ok := state.(*Dict)
	if !ok {
		return nil, fmt.Errorf("the attributes of a tensor are a %s, expected a dict", pickle.TypeName(state))
	}
	t.Attrs = attrs
	return t, nil
}

// PickleChildren returns what package pickle walks over.
func (t *Tensor) PickleChildren() []any { return attrsOf(t.Attrs) }

// attrsOf returns the attributes of a value for package pickle to walk over.
func attrsOf(attrs *Dict) []any {
	if attrs == nil {
		return nil
	}
	return []any{attrs}
}

// setAttrs sets the attributes of the object called name, which must not have any yet.
func setAttrs(attrs **Dict, name string, state any) error {
	d, ok := state.(*Dict)
	if !ok || *attrs != nil {
		return fmt.Errorf("the state of %s is a %s, expected one dict", name, pickle.TypeName(state))
	}
	*attrs = d
	return nil
}
