package torch_test

import (
	"reflect"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// Call accepts every type of argument in schemas.
func TestCallArguments(t *testing.T) {
	do(t, func() {
		x := torch.FromSlice([]float32{4, 1, 3, 2}, 2, 2)
		one := func(r []torch.Tensor) torch.Tensor {
			t.Helper()
			if len(r) != 1 {
				t.Fatalf("%d results, want 1", len(r))
			}
			return r[0]
		}
		wantValues(t, "int, float", one(torch.Call("add.Scalar", x, 1, 0.5)).Flatten(0), 4.5, 1.5, 3.5, 2.5)
		wantValues(t, "int64[]", one(torch.Call("permute", x, []int64{1, 0})).Flatten(0), 4, 3, 1, 2)
		wantValues(t, "Tensor[]", one(torch.Call("hstack", []torch.Tensor{x, x})).Flatten(0), 4, 1, 4, 1, 3, 2, 3, 2)
		wantValues(t, "str", one(torch.Call("div.Tensor_mode", x, torch.Full(nil, 2), "floor")).Flatten(0), 2, 0, 1, 1)
		wantValues(t, "None for str", one(torch.Call("div.Tensor_mode", x, torch.Full(nil, 2), nil)).Flatten(0), 2, 0.5, 1.5, 1)
		wantValues(t, "bool", one(torch.Call("argsort", x, 1, true)).To(torch.Float32).Flatten(0), 0, 1, 0, 1)
		wantValues(t, "float[]", one(torch.Call("upsample_nearest2d.vec", x.View(1, 1, 2, 2), nil, []float64{1, 2})).Flatten(0), 4, 4, 1, 1, 3, 3, 2, 2)
		wantValues(t, "Default", one(torch.Call("add.Tensor", x, x, torch.Default)).Flatten(0), 8, 2, 6, 4)
		wantValues(t, "aten::", one(torch.Call("aten::neg", x)).Flatten(0), -4, -1, -3, -2)

		typed := one(torch.Call("full", []int64{1}, 3, torch.Float64, nil, torch.CPU))
		if typed.DType() != torch.Float64 || typed.Device() != torch.CPU {
			t.Errorf("DType, Device: %v on %v", typed.DType(), typed.Device())
		}
		last := one(torch.Call("clone", torch.Ones([]int64{1, 2, 2, 2}), torch.ChannelsLast))
		if !last.IsContiguous(torch.ChannelsLast) {
			t.Error("MemoryFormat: not channels_last")
		}
		// Tensor?[] with None for the first dimension: x[:, [1]].
		wantValues(t, "None in an index", x.Index(torch.Tensor{}, torch.FromSlice([]int64{1})).Flatten(0), 1, 2)
		wantValues(t, "Tensor?[]", one(torch.Call("index.Tensor", x, []torch.Tensor{{}, torch.FromSlice([]int64{1})})).Flatten(0), 1, 2)
		// bool[]: which gradients of a convolution to compute.
		ones := torch.Ones([]int64{1, 1, 2, 2})
		grads := torch.Call("convolution_backward", ones, ones, torch.Full([]int64{1, 1, 1, 1}, 3), nil,
			[]int64{1, 1}, []int64{0, 0}, []int64{1, 1}, false, []int64{0, 0}, 1, []bool{true, false, true})
		if len(grads) != 3 || grads[1].Defined() {
			t.Fatalf("bool[]: %v, want a gradient of the input and of the bias", grads)
		}
		wantValues(t, "bool[], input", grads[0].Flatten(0), 3, 3, 3, 3)
		wantValues(t, "bool[], bias", grads[2], 4)
		// Scalar[]: a number for each tensor.
		wantValues(t, "Scalar[]", torch.Call("_foreach_mul.ScalarList", []torch.Tensor{x, x}, []float64{1, 2})[1].Flatten(0), 8, 2, 6, 4)
		// A zero Tensor is None for Tensor?.
		wantValues(t, "Tensor?", torch.Linear(x, torch.Ones([]int64{1, 2}), torch.Tensor{}).Flatten(0), 5, 5)
	})
}

func TestCallResults(t *testing.T) {
	do(t, func() {
		x := torch.Arange(0, 10, torch.On(torch.Float32, torch.CPU))
		if r := torch.Call("split.Tensor", x, 4, 0); len(r) != 3 || r[2].Size(0) != 2 {
			t.Errorf("Tensor[]: %d parts", len(r))
		}
		if r := torch.Call("sort", x.View(2, 5), 1, true); len(r) != 2 || r[1].DType() != torch.Int64 {
			t.Errorf("two results: %v", r)
		}
		if r := torch.Call("equal", x, x); len(r) != 0 {
			t.Errorf("a bool gives %d tensors", len(r))
		}
		for _, c := range []struct {
			want any
			op   string
			args []any
		}{
			{true, "equal", []any{x, x}}, {false, "equal", []any{x, x.Neg()}},
			{7.0, "item", []any{x.Select(0, 7)}}, {int64(3), "item", []any{torch.Scalar(int64(3))}},
			{int64(5), "size.int", []any{x.View(2, 5), 1}},
		} {
			if r := torch.Values(c.op, c.args...); len(r) != 1 || !reflect.DeepEqual(r[0], c.want) {
				t.Errorf("%s gives %v, want %v", c.op, r, c.want)
			}
		}
		if r := torch.Values("chunk", x, 2); len(r) != 1 || len(r[0].([]torch.Tensor)) != 2 || torch.Item[float64](r[0].([]torch.Tensor)[1].Sum()) != 35 {
			t.Errorf("chunk gives %v", r)
		}
		torch.Run("_foreach_add_.Scalar", []torch.Tensor{x}, 1)
		if v := torch.Item[float64](x.Sum()); v != 55 {
			t.Errorf("Run: sum %v, want 55", v)
		}
		// A failing call leaves nothing in the next one's arguments.
		torch.Do(func() error { torch.Call("relu", x, struct{}{}); return nil })
		if v := torch.Item[float64](torch.Call("relu", x)[0].Sum()); v != 55 {
			t.Errorf("after a failing call: %v", v)
		}
		// More results than fit the caller's buffer.
		many := make([]torch.Tensor, 600)
		for i := range many {
			many[i] = x
		}
		wantError(t, torch.Do(func() error { torch.Call("_foreach_neg", many); return nil }), "_foreach_neg", "does not fit")
	})
}
