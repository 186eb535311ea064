package serialize

import (
	"fmt"
	"strings"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// oddStorages are the storage classes of element types that package dtype does not have.
var oddStorages = map[string]storageClass{
	"ComplexFloatStorage":  {dtype.Uint8, "complex64", 8},
	"ComplexDoubleStorage": {dtype.Uint8, "complex128", 16},
	"QInt8Storage":         {dtype.Uint8, "qint8", 1},
	"QUInt8Storage":        {dtype.Uint8, "quint8", 1},
	"QInt32Storage":        {dtype.Uint8, "qint32", 4},
	"QUInt4x2Storage":      {dtype.Uint8, "quint4x2", 1},
	"QUInt2x4Storage":      {dtype.Uint8, "quint2x4", 1},
}

// oddTensors are the functions that make tensors that are not read.
var oddTensors = map[string]string{
	"torch._utils._rebuild_sparse_tensor":          "a sparse tensor",
	"torch._utils._rebuild_sparse_csr_tensor":      "a sparse tensor",
	"torch._utils._rebuild_nested_tensor":          "a nested tensor",
	"torch._utils._rebuild_qtensor":                "a quantised tensor",
	"torch._utils._rebuild_meta_tensor_no_storage": "a tensor without elements (meta)",
}

// storageOf begins the description of a storage that is not read, before its type.
const storageOf = "a storage of "

// unsupported is the error of a value of which Options.SkipUnknown leaves the description.
func unsupported(what, why string) error {
	return &pickle.Unsupported{What: what, Err: fmt.Errorf("%s", why)}
}

// rebuildOdd makes the function that refuses the tensors of a kind.
func rebuildOdd(what string) func(*pickle.Decoder, []any) (any, error) {
	return func(*pickle.Decoder, []any) (any, error) { return nil, unsupported(what, what+" is not supported") }
}

// rebuildTensorV3 is _rebuild_tensor_v3(storage, offset, size, stride, requires_grad,
// backward_hooks, dtype, metadata), of element types without storage classes, such as
// float8_e4m3fn and uint16.
func rebuildTensorV3(d *pickle.Decoder, args []any) (any, error) {
	if len(args) < 7 || len(args) > 8 {
		return nil, fmt.Errorf("%d arguments, expected 7 or 8", len(args))
	}
	shape, err := toInts(d, args[2])
	if err != nil {
		return nil, fmt.Errorf("the shape: %w", err)
	}
	elem := ""
	switch t := args[6].(type) {
	case Name:
		elem = strings.TrimPrefix(string(t), "torch.")
	case dtype.DType:
		elem = t.String()
	case *pickle.Opaque: // of a newer PyTorch
		elem = strings.TrimPrefix(t.Name, "torch.")
	default:
		return nil, fmt.Errorf("the element type is a %s, expected a torch.dtype", pickle.TypeName(t))
	}
	return nil, unsupported(fmt.Sprintf("a tensor of %s %v", elem, shape), fmt.Sprintf("the element type %s is not supported", elem))
}

// ofOddStorage is the error of a tensor of a storage that is not read; nil of another.
func ofOddStorage(storage any, shape []int) error {
	o, ok := storage.(*pickle.Opaque)
	if !ok {
		return nil
	}
	elem, ok := strings.CutPrefix(o.What, storageOf)
	if !ok {
		return nil
	}
	return unsupported(fmt.Sprintf("a tensor of %s %v", elem, shape), fmt.Sprintf("the element type %s is not supported", elem))
}

// repeating describes a tensor whose elements a view repeats (Tensor.expand).
func repeating(t *Tensor) string {
	return fmt.Sprintf("a tensor of %v %v that repeats the %d elements of its storage", t.DType, t.Shape, t.Storage.Len)
}

// withoutRepeats is an allow-list whose tensors do not have more elements than their
// storages, for a file whose tensors are too much together.
func withoutRepeats(allow pickle.AllowList) pickle.AllowList {
	out := pickle.Merge(allow)
	for _, name := range []string{"torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"} {
		out[name] = &pickle.Class{Name: name, New: func(d *pickle.Decoder, args []any) (any, error) {
			v, err := rebuildTensor(d, args)
			if t, ok := v.(*Tensor); ok && err == nil && t.Len() > t.Storage.Len {
				return nil, unsupported(repeating(t), "a tensor repeats elements, and all tensors of the file are too much")
			}
			return v, err
		}}
	}
	return out
}
