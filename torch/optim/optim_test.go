package optim_test

import (
	"fmt"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/optim"
	"github.com/bcl-go/bcl/torch/torchtest"
)

const goldenFile = "testdata/goldens.safetensors"

type optimizer interface {
	Step()
	ZeroGrad()
}

var shapes = [][]int64{{37, 5}, {101}, {}, {4, 3, 3, 3}}

// draw is a parameter or gradient of testdata/make_goldens.py.
func draw(shape []int64) torch.Tensor { return torch.Rand(shape).AddScalar(-0.5) }

func params() (p []torch.Tensor) {
	for _, s := range shapes {
		p = append(p, draw(s).SetRequiresGrad(true))
	}
	return p
}

// step sets new gradients of all parameters and runs an optimiser step.
func step(o optimizer, p []torch.Tensor) {
	for _, x := range p {
		x.SetGrad(draw(x.Shape()))
	}
	o.Step()
}

// The parameters after many steps have the bits of torch.optim with fused=True. Without
// it torch.optim rounds in another order: near.
func TestStepsArePyTorchs(t *testing.T) {
	g := torchtest.Open(t, goldenFile)
	for _, c := range []struct {
		name  string
		steps int
		make  func(p []torch.Tensor) optimizer
	}{
		{"sgd", 10, func(p []torch.Tensor) optimizer { return optim.NewSGD(p, 0.1, 0.9, 5e-4) }},
		{"sgd_plain", 10, func(p []torch.Tensor) optimizer { return optim.NewSGD(p, 0.03, 0, 0) }},
		{"sgd_one_step", 1, func(p []torch.Tensor) optimizer { return optim.NewSGD(p, 0.1, 0.9, 0.1) }},
		{"adam", 100, func(p []torch.Tensor) optimizer { return optim.NewAdam(p, 1e-2, 5e-6) }},
		{"adam_decay", 100, func(p []torch.Tensor) optimizer { return optim.NewAdam(p, 1e-3, 0.1) }},
	} {
		torchtest.Do(t, func() {
			torch.ManualSeed(1)
			p := params()
			o := c.make(p)
			for range c.steps {
				torchtest.Do(t, func() { step(o, p) })
			}
			for i, x := range p {
				g.Exact(fmt.Sprintf("%s/fused/%d", c.name, i), x)
				g.Near(fmt.Sprintf("%s/default/%d", c.name, i), x, 3e-7)
			}
			o.ZeroGrad()
			for _, x := range p {
				if x.Grad().Defined() {
					t.Errorf("%s: ZeroGrad left a gradient", c.name)
				}
			}
		})
	}
	g.Unused("")
}

// The kernels walk memory; the memory order of a parameter must not matter, whether it
// was changed before or after the optimiser was made, or only the gradient's order
// differs.
func TestMemoryFormatDoesNotMatter(t *testing.T) {
	for name, make := range map[string]func(p []torch.Tensor) optimizer{
		"sgd":  func(p []torch.Tensor) optimizer { return optim.NewSGD(p, 0.1, 0.9, 0.1) },
		"adam": func(p []torch.Tensor) optimizer { return optim.NewAdam(p, 0.1, 0.1) },
	} {
		torchtest.Do(t, func() {
			train := func(change func(step int, p []torch.Tensor)) torch.Tensor {
				torch.ManualSeed(1)
				p := []torch.Tensor{draw([]int64{4, 3, 3, 3}).SetRequiresGrad(true), draw([]int64{2, 5, 1, 1}).SetRequiresGrad(true)}
				change(-1, p)
				o := make(p)
				for s := range 4 {
					change(s, p)
					step(o, p) // with contiguous gradients
				}
				return torch.Cat([]torch.Tensor{p[0].Flatten(0), p[1].Flatten(0)}, 0)
			}
			want := train(func(int, []torch.Tensor) {})
			for _, at := range []int{-1, 0, 2} {
				got := train(func(s int, p []torch.Tensor) {
					if s == at {
						for _, x := range p {
							x.SetData(x.Detach().ToFormat(torch.ChannelsLast))
						}
					}
				})
				if d := torchtest.Difference(got, want); d > 1e-7 {
					t.Errorf("%s: channels_last from step %d: differs by %g", name, at, d)
				}
			}
		})
	}
}

func TestParametersWithoutGradient(t *testing.T) {
	torchtest.Do(t, func() {
		a, b := torch.Ones([]int64{2}).SetRequiresGrad(true), torch.Ones([]int64{2}).SetRequiresGrad(true)
		o := optim.NewSGD([]torch.Tensor{a, b}, 0.5, 0.9, 0)
		o.Step() // no parameter has a gradient
		if o.Buffers() != nil {
			t.Error("momentum before the first step")
		}
		b.SetGrad(torch.Ones([]int64{2}))
		o.Step()
		if torch.Item[float64](a.Sum()) != 2 || torch.Item[float64](b.Sum()) != 1 {
			t.Errorf("a %v, b %v; want 1 1, 0.5 0.5", a, b)
		}
	})
	torchtest.Do(t, func() {
		a := torch.Ones([]int64{2}).SetRequiresGrad(true)
		if err := torchtest.Failure(t, func() { optim.NewAdam([]torch.Tensor{a}, 1, 0).Step() }); err == nil {
			t.Error("Adam accepted a parameter without gradient")
		}
		a.SetGrad(torch.Ones([]int64{3}))
		if err := torchtest.Failure(t, func() { optim.NewSGD([]torch.Tensor{a}, 1, 0, 0).Step() }); err == nil {
			t.Error("SGD accepted a gradient of another shape")
		}
	})
}

// Momentum loaded into another optimiser continues as if uninterrupted.
func TestBuffersRoundTrip(t *testing.T) {
	torchtest.Do(t, func() {
		train := func(cut bool) torch.Tensor {
			torch.ManualSeed(1)
			p := params()
			o := optim.NewSGD(p, 0.1, 0.9, 0.1)
			for s := range 4 {
				if cut && s == 2 {
					next := optim.NewSGD(p, 0.1, 0.9, 0.1)
					next.LoadBuffers(o.Buffers())
					o = next
				}
				step(o, p)
			}
			return p[0]
		}
		if !train(true).Equal(train(false)) {
			t.Error("loaded momentum gives other parameters")
		}
	})
}

// Changed momentum continues as in torch.optim: without momentum buffers are ignored, and
// missing buffers are set to the gradients by the next step.
func TestMomentumChanges(t *testing.T) {
	torchtest.Do(t, func() {
		p := []torch.Tensor{torch.Ones([]int64{3}).SetRequiresGrad(true)}
		grad := func(v float64) { p[0].SetGrad(torch.Full([]int64{3}, v)) }
		with := optim.NewSGD(p, 0.5, 0.9, 0)
		grad(1)
		with.Step()

		without := optim.NewSGD(p, 0.5, 0, 0)
		without.LoadBuffers(with.Buffers())
		grad(2)
		without.Step() // 1 - 0.5*1 - 0.5*2
		if v := torch.Item[float64](p[0].Sum()); v != -1.5 || without.Buffers() != nil {
			t.Errorf("momentum 0.9, then 0: parameters sum to %v, want -1.5, or there are buffers", v)
		}

		again := optim.NewSGD(p, 0.5, 0.9, 0)
		again.LoadBuffers(without.Buffers())
		if again.Buffers() != nil {
			t.Error("momentum 0, then 0.9: buffers before a step")
		}
		grad(2)
		again.Step() // another 0.5*2
		if v := torch.Item[float64](p[0].Sum()); v != -4.5 || torch.Item[float64](again.Buffers()[0].Sum()) != 6 {
			t.Errorf("momentum 0, then 0.9: parameters sum to %v, want -4.5, the buffer to %v, want 6", v, torch.Item[float64](again.Buffers()[0].Sum()))
		}
		again.LoadBuffers(nil)
		if again.Buffers() != nil {
			t.Error("buffers stay although none were loaded")
		}
	})
}
