package torch_test

import (
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func leaf(v ...float32) torch.Tensor { return torch.FromSlice(v).SetRequiresGrad(true) }

func wantValues(t *testing.T, name string, x torch.Tensor, want ...float32) {
	t.Helper()
	if !x.Defined() {
		t.Errorf("%s: None, want %v", name, want)
	} else if got := torch.Slice[float32](x); !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", name, got, want)
	}
}

func TestBackward(t *testing.T) {
	do(t, func() {
		x := leaf(1, 2, 3)
		if x.Grad().Defined() {
			t.Error("a gradient before Backward")
		}
		x.Square().Sum().Backward()
		wantValues(t, "2x", x.Grad(), 2, 4, 6)
		x.Sum().Backward() // accumulates
		wantValues(t, "2x + 1", x.Grad(), 3, 5, 7)
		x.SetGrad(torch.Tensor{})
		if x.Grad().Defined() {
			t.Error("SetGrad(None) left a gradient")
		}
		x.SetGrad(torch.FromSlice([]float32{9, 9, 9}))
		x.MulScalar(2).Sum().Backward()
		wantValues(t, "9 + 2", x.Grad(), 11, 11, 11)
	})
}

func TestBackwardWith(t *testing.T) {
	do(t, func() {
		x := leaf(1, 2)
		y := x.Square()
		y.BackwardWith(torch.FromSlice([]float32{1, 10}), true)
		y.BackwardWith(torch.FromSlice([]float32{1, 0}), false)
		wantValues(t, "weighted", x.Grad(), 4, 40)
		wantError(t, torch.Do(func() error { y.BackwardWith(torch.Ones([]int64{2}), false); return nil }),
			"backward", "second time")
	})
	fails(t, func() { leaf(1, 2).Square().Backward() }, "backward", "scalar outputs")
	fails(t, func() { torch.Ones(nil).Backward() }, "backward", "does not require grad")
	fails(t, func() { leaf(1, 2).Square().BackwardWith(torch.Ones([]int64{3}), false) }, "backward", "invalid gradient at index 0")
}

func TestGradOfInputs(t *testing.T) {
	do(t, func() {
		x, y, unused := leaf(2), leaf(3), leaf(4)
		out := x.Square().Mul(y).Sum()
		g := torch.Grad(out, []torch.Tensor{x, unused, y}, torch.GradOptions{RetainGraph: true})
		wantValues(t, "2xy", g[0], 12)
		wantValues(t, "x^2", g[2], 4)
		if g[1].Defined() {
			t.Errorf("an unused input has the gradient %v", g[1])
		}
		if x.Grad().Defined() {
			t.Error("Grad accumulated gradients in the leaves")
		}
		// Gradients of gradients: d(2xy)/dx = 2y.
		g = torch.Grad(out, []torch.Tensor{x}, torch.GradOptions{CreateGraph: true})
		g = torch.Grad(g[0].Sum(), []torch.Tensor{x, y}, torch.GradOptions{})
		wantValues(t, "2y", g[0], 6)
		wantValues(t, "2x", g[1], 4)
	})
	fails(t, func() { torch.Grad(leaf(1).Sum(), []torch.Tensor{{}}, torch.GradOptions{}) }, "grad", "undefined tensor")
	fails(t, func() { torch.Grad(leaf(1).Sum(), nil, torch.GradOptions{}) }, "grad", "non-empty inputs")
	fails(t, func() { torch.Grad(leaf(1).Sum(), []torch.Tensor{torch.Ones(nil)}, torch.GradOptions{}) }, "grad", "not require grad")
}

func TestLeavesAndDetach(t *testing.T) {
	do(t, func() {
		x := leaf(1, 2)
		y := x.MulScalar(3)
		if !x.IsLeaf() || y.IsLeaf() || !y.RequiresGrad() {
			t.Error("leaf and requires_grad of x, 3x")
		}
		d := y.Detach()
		if d.RequiresGrad() || !d.IsLeaf() {
			t.Error("Detach keeps the history")
		}
		d.Fill_(7) // shares memory
		wantValues(t, "y", y, 7, 7)
		x.SetRequiresGrad(false)
		if x.RequiresGrad() {
			t.Error("SetRequiresGrad(false) has no effect")
		}
	})
	fails(t, func() { torch.FromSlice([]int64{1}).SetRequiresGrad(true) }, "requires_grad_", "floating point")
	fails(t, func() { leaf(1).MulScalar(2).SetRequiresGrad(false) }, "requires_grad_", "leaf")
	fails(t, func() { leaf(1).Fill_(2) }, "fill_.Scalar", "in-place operation")
}
