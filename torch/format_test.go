package torch_test

import (
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func TestChannelsLast(t *testing.T) {
	do(t, func() {
		x := torch.Arange(0, 120, torch.On(torch.Float32, torch.CPU)).View(2, 3, 4, 5)
		want := func(name string, x torch.Tensor, contiguous, last bool, strides ...int64) {
			t.Helper()
			if x.IsContiguous(torch.ContiguousFormat) != contiguous || x.IsContiguous(torch.ChannelsLast) != last {
				t.Errorf("%s: contiguous %v, channels_last %v", name, !contiguous, !last)
			}
			if !slices.Equal(x.Stride(), strides) {
				t.Errorf("%s: strides %v, want %v", name, x.Stride(), strides)
			}
		}
		want("new", x, true, false, 60, 20, 5, 1)
		last := x.ToFormat(torch.ChannelsLast)
		want("ToFormat", last, false, true, 60, 1, 15, 3)
		want("Contiguous(ChannelsLast)", x.Contiguous(torch.ChannelsLast), false, true, 60, 1, 15, 3)
		want("back", last.ToFormat(torch.ContiguousFormat), true, false, 60, 20, 5, 1)
		want("ZerosLike", torch.ZerosLike(last), false, true, 60, 1, 15, 3)
		want("EmptyLike", torch.EmptyLike(last), false, true, 60, 1, 15, 3)
		want("Clone", last.Clone(), false, true, 60, 1, 15, 3)
		want("To", last.To(torch.Float64), false, true, 60, 1, 15, 3)
		if !last.Equal(x) {
			t.Error("ToFormat changed the values")
		}
		if s := torch.Scalar[int64](1).Stride(); len(s) != 0 {
			t.Errorf("a scalar has strides %v", s)
		}
	})
}

// A network keeps channels_last inputs in that format, or every layer would copy memory.
func TestKernelsKeepChannelsLast(t *testing.T) {
	do(t, func() {
		x := torch.Randn([]int64{2, 4, 6, 6}).ToFormat(torch.ChannelsLast)
		w := torch.Randn([]int64{8, 4, 3, 3}).ToFormat(torch.ChannelsLast)
		c := torch.Conv2d(x, w, torch.Tensor{}, torch.Conv2dOptions{Padding: 1})
		n := []int64{8}
		b := torch.BatchNorm(c, torch.Ones(n), torch.Zeros(n), torch.Zeros(n), torch.Ones(n), true, 0.1, 1e-5)
		for name, y := range map[string]torch.Tensor{"conv2d": c, "batch_norm": b, "relu": b.ReLU(), "add": b.Add(c), "max_pool2d": torch.MaxPool2d(b, 2, 2, 0)} {
			if !y.IsContiguous(torch.ChannelsLast) {
				t.Errorf("%s gives strides %v", name, y.Stride())
			}
		}
	})
}

// SetData sets a parameter's data; the parameter stays the same tensor.
func TestSetDataKeepsIdentity(t *testing.T) {
	do(t, func() {
		p := torch.Ones([]int64{1, 2, 3, 3}).SetRequiresGrad(true)
		alias := p
		p.SetData(torch.Full([]int64{1, 2, 3, 3}, 3).ToFormat(torch.ChannelsLast))
		if !alias.IsContiguous(torch.ChannelsLast) || torch.Item[float64](alias.Sum()) != 54 {
			t.Errorf("the parameter does not have the data: %v", alias)
		}
		if !p.RequiresGrad() || !p.IsLeaf() {
			t.Error("it is no longer a leaf with a gradient")
		}
		p.Sum().Backward()
		if g := alias.Grad(); !g.Defined() || torch.Item[float64](g.Sum()) != 18 {
			t.Errorf("gradient %v", g)
		}
	})
	fails(t, func() { torch.Ones(nil).SetData(torch.Tensor{}) }, "set_data", "undefined tensor")
}
