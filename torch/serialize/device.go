package serialize

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Tensors of devices for which PyTorch has no storages (such as XLA's TPUs) are written
// as calls of functions that move a CPU tensor, or an array, to the device: f(data,
// dtype, device, requires_grad).

func rebuildFromCPU(_ *pickle.Decoder, args []any) (any, error) {
	t, ok := args[0].(*Tensor)
	if !ok {
		return nil, fmt.Errorf("of a %s, expected a tensor", pickle.TypeName(args[0]))
	}
	moved := *t
	return onDevice(&moved, args[1], args[3])
}

func rebuildFromNumPy(_ *pickle.Decoder, args []any) (any, error) {
	a, ok := args[0].(*npy.Array)
	if !ok {
		return nil, fmt.Errorf("of a %s, expected an array", pickle.TypeName(args[0]))
	}
	t, err := FromArray(a)
	if err != nil {
		return nil, err
	}
	return onDevice(t, args[1], args[3])
}

// onDevice leaves t on the CPU; its elements must not be converted.
func onDevice(t *Tensor, elem, grad any) (any, error) {
	if d, ok := elem.(dtype.DType); !ok || d != t.DType {
		return nil, fmt.Errorf("conversion of elements from %v to %v is not supported", t.DType, elem)
	}
	var ok bool
	if t.RequiresGrad, ok = grad.(bool); !ok {
		return nil, fmt.Errorf("requires_grad is a %s, expected a bool", pickle.TypeName(grad))
	}
	return t, nil
}
