package torch_test

import (
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func TestErrorsHaveLibtorchsWords(t *testing.T) {
	ones := func(shape ...int64) torch.Tensor { return torch.Ones(shape) }
	fails(t, func() { ones(2, 3).Mm(ones(2, 3)) }, "mm", "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")
	fails(t, func() { ones(2).Add(ones(3)) }, "add.Tensor", "must match the size of tensor b (3)")
	fails(t, func() { torch.Conv2d(ones(1, 3, 4, 4), ones(8, 4, 3, 3), torch.Tensor{}, torch.Conv2dOptions{}) },
		"conv2d", "expected input[1, 3, 4, 4] to have 4 channels")
	fails(t, func() { ones(6).View(4) }, "view", "shape '[4]' is invalid for input of size 6")
	fails(t, func() { torch.Full([]int64{2}, 7).To(torch.Int64).Index(torch.FromSlice([]int64{5})) }, "index.Tensor", "out of bounds")
	fails(t, func() { ones(2).Add(torch.Tensor{}) }, "add.Tensor", "Expected Tensor but got None")
	fails(t, func() { torch.Empty([]int64{-1}) }, "empty.memory_format", "negative")
	fails(t, func() { torch.Zeros([]int64{math.MaxInt64 / 2}) }, "zeros", "")
}

func TestErrorsOfTheBinding(t *testing.T) {
	fails(t, func() { torch.Call("no_such_operator") }, "no_such_operator", "Could not find schema for aten::no_such_operator")
	fails(t, func() { torch.Call("add.NoOverload") }, "add.NoOverload", "Could not find schema")
	fails(t, func() { torch.Call("add.Tensor", struct{}{}) }, "add.Tensor", "argument 0 has type struct {}")
	fails(t, func() { torch.Call("relu", torch.Ones(nil), float32(1)) }, "relu", "argument 1 has type float32")
	fails(t, func() { torch.Call("relu") }, "relu", "argument self is missing")
	fails(t, func() { torch.Call("relu", torch.Ones(nil), 1) }, "relu", "too many arguments")
	fails(t, func() { torch.Call("relu", torch.Default) }, "relu", "argument self has no default")
	fails(t, func() { torch.Call("relu", "text") }, "relu", "Tensor")
	fails(t, func() { torch.Cat([]torch.Tensor{{}}, 0) }, "cat", "undefined tensor")
	fails(t, func() { torch.Run("relu_", torch.Tensor{}) }, "relu_", "")
	fails(t, func() { torch.Tensor{}.Shape() }, "tensor", "undefined tensor")
	fails(t, func() { torch.Slice[float64](torch.Ones([]int64{2})) }, "copy", "tensor is float32, the slice needs float64")
	fails(t, func() { torch.CopyTo(make([]float32, 3), torch.Ones([]int64{2})) }, "copy", "tensor has 8 bytes, the buffer has 12")
	fails(t, func() { torch.Zeros(nil, torch.On(99, torch.CPU)) }, "zeros", "unknown dtype(99)")
	fails(t, func() { torch.FromBytes(nil, 99, 0) }, "tensor", "unknown dtype 99")
	fails(t, func() { torch.FromBytes(nil, -1, 0) }, "tensor", "unknown dtype -1")
	fails(t, func() { torch.Autocast(torch.CPU, 99, func() {}) }, "autocast", "unknown dtype(99)")
	fails(t, func() { torch.FromSlice([]float32{1, 2, 3}, 2, 2) }, "tensor", "data has 12 bytes, the shape needs 16")
	fails(t, func() { torch.Item[float64](torch.Ones([]int64{2})) }, "item", "2 elements")
	fails(t, func() { torch.Ones([]int64{2, 3}).Size(2) }, "size", "dimension 2 of a tensor with 2")
	fails(t, func() { torch.Ones([]int64{2, 3}).Size(-3) }, "size", "dimension -3")
}

// Outside of Do operators fail; they do not run on an arbitrary thread.
func TestOutsideOfDo(t *testing.T) {
	for name, f := range map[string]func(){
		"create":   func() { torch.Ones(nil) },
		"slice":    func() { torch.FromSlice([]float32{1}) },
		"call":     func() { torch.Call("ones", []int64{2}) },
		"no grad":  func() { torch.NoGrad(func() { t.Error("NoGrad ran outside of Do") }) },
		"autocast": func() { torch.Autocast(torch.CPU, torch.BFloat16, func() { t.Error("Autocast ran outside of Do") }) },
		"rng":      func() { torch.RNGState(torch.CPU) },
	} {
		if e := panics(t, f); e == nil || !strings.Contains(e.Message, "torch.Do") {
			t.Errorf("%s: error %v does not mention torch.Do", name, e)
		}
	}
}

func TestErrorText(t *testing.T) {
	if s := (&torch.Error{Op: "mm", Message: "no"}).Error(); s != "mm: no" {
		t.Errorf("text %q", s)
	}
}
