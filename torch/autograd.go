package torch

import "github.com/bcl-go/bcl/cgo"

// SetRequiresGrad turns the recording of gradients for t, a leaf, on or off and returns
// t.
func (t Tensor) SetRequiresGrad(on bool) Tensor {
	check("requires_grad_", t.h.SetRequiresGrad(on))
	return t
}

// Backward adds the gradients of t, a scalar, to the leaves it depends on.
func (t Tensor) Backward() { check("backward", t.h.Backward(0, false)) }

// BackwardWith is Backward for a t of any shape, weighted by grad.
func (t Tensor) BackwardWith(grad Tensor, retainGraph bool) {
	check("backward", t.h.Backward(grad.h, retainGraph))
}

// Grad returns the gradient accumulated in t, or the zero Tensor.
func (t Tensor) Grad() Tensor {
	g, err := t.h.GradOf()
	check("grad", err)
	return Tensor{g}
}

// SetGrad replaces the gradient accumulated in t; the zero Tensor drops it.
func (t Tensor) SetGrad(g Tensor) { check("grad", t.h.SetGradOf(g.h)) }

// Detach returns t without its history; both share memory.
func (t Tensor) Detach() Tensor { return one("detach", t) }

// GradOptions of [Grad].
type GradOptions struct{ RetainGraph, CreateGraph bool }

// Grad returns the gradients of output, a scalar, for inputs: the zero Tensor
// for one it does not depend on (torch.autograd.grad).
func Grad(output Tensor, inputs []Tensor, o GradOptions) []Tensor {
	g, err := cgo.Grad(output.h, handles(inputs), o.RetainGraph || o.CreateGraph, o.CreateGraph)
	check("grad", err)
	return wrap(g)
}

// IsGradEnabled reports whether operations on this thread are recorded (torch.is_grad_enabled).
func IsGradEnabled() bool {
	on, err := cgo.SetGradMode(true)
	check("is_grad_enabled", err)
	_, err = cgo.SetGradMode(on)
	check("is_grad_enabled", err)
	return on
}

// NoGrad runs f without recording.
func NoGrad(f func()) { gradMode(false, f) }

// EnableGrad runs f with recording, also inside a NoGrad.
func EnableGrad(f func()) { gradMode(true, f) }

func gradMode(on bool, f func()) {
	before, err := cgo.SetGradMode(on)
	check("grad_mode", err)
	defer func() {
		_, err := cgo.SetGradMode(before)
		check("grad_mode", err)
	}()
	f()
}

// Autocast runs f with the eligible operators computing in dtype on devices of d's type
// (torch.autocast).
func Autocast(d Device, dtype DType, f func()) { autocast(d, dtype, true, f) }

// AutocastNoCache is Autocast without the cache of converted weights, as required when
// capturing a CUDA graph.
func AutocastNoCache(d Device, dtype DType, f func()) { autocast(d, dtype, false, f) }

func autocast(d Device, dtype DType, cache bool, f func()) {
	check("autocast", known(dtype))
	before, err := cgo.EnterAutocast(int(d.Type), int8(dtype), true, cache)
	check("autocast", err)
	defer func() { check("autocast", cgo.ExitAutocast(int(d.Type), before)) }()
	f()
}
