package serialize

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// storageClass is a class such as torch.FloatStorage.
type storageClass struct {
	elem dtype.DType
	odd  string // the type's name if package dtype does not have it; elem is then Uint8
	unit int    // elements of elem that an element of the file takes
}

// storageNames are the storage classes by element type.
var storageNames = map[dtype.DType]string{
	dtype.Uint8: "ByteStorage", dtype.Int8: "CharStorage", dtype.Int16: "ShortStorage",
	dtype.Int32: "IntStorage", dtype.Int64: "LongStorage", dtype.Float16: "HalfStorage",
	dtype.Float32: "FloatStorage", dtype.Float64: "DoubleStorage", dtype.Bool: "BoolStorage",
	dtype.BFloat16: "BFloat16Storage",
}

// varying marks a function that checks its number of arguments itself.
const varying = -1

// classes lists all names that a file may contain, besides those that [Options] adds. It
// is made once, and not changed.
var classes = sync.OnceValue(func() pickle.AllowList {
	l := pickle.AllowList{}
	for d, name := range storageNames {
		l["torch."+name] = storageClass{elem: d, unit: 1}
		l["torch.cuda."+name] = storageClass{elem: d, unit: 1}
		l["torch."+d.String()] = d
	}
	l["torch.storage.UntypedStorage"] = storageClass{elem: dtype.Uint8, unit: 1}
	for name, c := range oddStorages {
		l["torch."+name], l["torch.cuda."+name] = c, c
	}
	for name, what := range oddTensors {
		l[name] = &pickle.Class{Name: name, New: rebuildOdd(what)}
	}
	for _, c := range []tensorClass{plainClass, parameterClass, bufferClass} {
		l[string(c)] = c
	}
	for name, f := range map[string]struct {
		args int // the required number
		new  func(*pickle.Decoder, []any) (any, error)
	}{
		"torch._utils._rebuild_tensor":    {varying, rebuildTensor},
		"torch._utils._rebuild_tensor_v2": {varying, rebuildTensor},
		"torch._utils._rebuild_tensor_v3": {varying, rebuildTensorV3},
		"torch._utils._rebuild_parameter": {3, rebuildParameter},
		compiled:                          {varying, newCompiled},
		"torch.Size":                      {1, newSize},
		"torch.device":                    {varying, newDevice},
		"torch.serialization._get_layout": {varying, newLayout},
		"argparse.Namespace":              {varying, newNamespace},

		"torch._tensor._rebuild_from_type_v2":                 {4, rebuildFromType},
		"torch._utils._rebuild_parameter_with_state":          {4, rebuildParameterWithState},
		"torch._utils._rebuild_device_tensor_from_cpu_tensor": {4, rebuildFromCPU},
		"torch._utils._rebuild_device_tensor_from_numpy":      {4, rebuildFromNumPy},
	} {
		l[name] = &pickle.Class{Name: name, New: func(d *pickle.Decoder, args []any) (any, error) {
			if f.args != varying && len(args) != f.args {
				return nil, fmt.Errorf("%d arguments, expected %d", len(args), f.args)
			}
			return f.new(d, args)
		}}
	}
	return pickle.Merge(pickle.Builtins(), pickle.NumPy(), names(), l)
})

// rebuildTensor is _rebuild_tensor(storage, offset, size, stride), and v2 with
// (requires_grad, backward_hooks, metadata) after that.
func rebuildTensor(d *pickle.Decoder, args []any) (any, error) {
	if len(args) < 4 || len(args) > 7 {
		return nil, fmt.Errorf("%d arguments, expected 4 to 7", len(args))
	}
	shape, err := toInts(d, args[2])
	if err != nil {
		return nil, fmt.Errorf("the shape: %w", err)
	}
	if err := ofOddStorage(args[0], shape); err != nil {
		return nil, err
	}
	s, ok := args[0].(*Storage)
	if !ok {
		return nil, fmt.Errorf("of a %s, expected a storage", pickle.TypeName(args[0]))
	}
	t := &Tensor{DType: s.DType, Shape: shape, Storage: s}
	if t.Offset, err = toInt(args[1]); err != nil {
		return nil, fmt.Errorf("the offset: %w", err)
	}
	if t.Stride, err = toInts(d, args[3]); err != nil {
		return nil, fmt.Errorf("the strides: %w", err)
	}
	if len(args) > 4 {
		if t.RequiresGrad, ok = args[4].(bool); !ok {
			return nil, fmt.Errorf("requires_grad is a %s, expected a bool", pickle.TypeName(args[4]))
		}
	}
	if len(args) > 5 && !empty(args[5]) {
		return nil, unsupported(fmt.Sprintf("a tensor of %v %v with backward hooks", t.DType, t.Shape), "backward hooks are not supported")
	}
	if len(args) > 6 && !empty(args[6]) {
		return nil, unsupported(fmt.Sprintf("a conjugated or negated tensor of %v %v", t.DType, t.Shape), "conjugated and negated tensors are not supported")
	}
	err = t.check()
	if errors.Is(err, errRepeats) {
		err = &pickle.Unsupported{What: repeating(t), Err: err}
	}
	return t, err
}

// rebuildParameter is _rebuild_parameter(data, requires_grad, backward_hooks).
func rebuildParameter(_ *pickle.Decoder, args []any) (any, error) {
	t, ok := args[0].(*Tensor)
	grad, ok2 := args[1].(bool)
	if !ok || !ok2 || !empty(args[2]) {
		return nil, fmt.Errorf("of a %s, a %s and hooks, expected a tensor, a bool and no hooks", pickle.TypeName(args[0]), pickle.TypeName(args[1]))
	}
	p := *t
	p.RequiresGrad, p.Parameter = grad, true
	return &p, nil
}

// empty reports None and a dict without keys.
func empty(v any) bool {
	d, ok := v.(*Dict)
	return v == nil || ok && d.Len() == 0
}

func newSize(d *pickle.Decoder, args []any) (any, error) {
	dims, err := toInts(d, args[0])
	return Size(dims), err
}

func newDevice(_ *pickle.Decoder, args []any) (any, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, fmt.Errorf("%d arguments, expected 1 or 2", len(args))
	}
	kind, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("of a %s, expected a str", pickle.TypeName(args[0]))
	}
	dev := Device{kind, -1}
	if len(args) == 2 {
		var err error
		if dev.Index, err = toInt(args[1]); err != nil {
			return nil, err
		}
	}
	return dev, nil
}

func newLayout(_ *pickle.Decoder, args []any) (any, error) {
	if len(args) == 1 {
		if name, ok := args[0].(string); ok {
			return Layout(name), nil
		}
	}
	return nil, fmt.Errorf("expected one str")
}

func newNamespace(_ *pickle.Decoder, args []any) (any, error) {
	if len(args) != 0 {
		return nil, fmt.Errorf("%d arguments, expected none", len(args))
	}
	return &Namespace{}, nil
}

func toInt(v any) (int, error) {
	i, ok := v.(int64)
	if !ok || int64(int(i)) != i {
		return 0, fmt.Errorf("a %s, expected an int", pickle.TypeName(v))
	}
	return int(i), nil
}

// toInts reads a tuple, list or torch.Size of ints.
func toInts(d *pickle.Decoder, v any) ([]int, error) {
	var items []any
	switch c := v.(type) {
	case *Tuple:
		items = c.Items
	case *List:
		items = c.Items
	case Size:
		return slices.Clone(c), nil
	default:
		return nil, fmt.Errorf("a %s, expected a tuple of ints", pickle.TypeName(v))
	}
	if len(items) > maxDims {
		return nil, fmt.Errorf("%d dimensions, at most %d are allowed", len(items), maxDims)
	}
	if err := d.Charge(8 * len(items)); err != nil {
		return nil, err
	}
	out := make([]int, len(items))
	for i, item := range items {
		var err error
		if out[i], err = toInt(item); err != nil {
			return nil, err
		}
	}
	return out, nil
}
