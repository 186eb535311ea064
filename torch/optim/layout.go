package optim

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/torch"
)

// The fused kernels walk the memory of a parameter, its gradient and its state in
// parallel, so all must have the same memory order.

// gradient returns p's gradient in p's memory order, the zero Tensor if there is none.
func gradient(p torch.Tensor) torch.Tensor {
	g := p.Grad()
	if !g.Defined() || sameOrder(p, g) {
		return g
	}
	if !slices.Equal(p.Shape(), g.Shape()) {
		panic(&torch.Error{Op: "optim", Message: fmt.Sprintf("gradient of shape %v for a parameter of shape %v", g.Shape(), p.Shape())})
	}
	torch.NoGrad(func() { g = torch.EmptyLike(p).Copy_(g) })
	return g
}

// follow moves a state tensor to the memory order and device of its parameter, which may
// have changed since the optimiser was made.
func follow(p, state torch.Tensor) {
	if !sameOrder(p, state) || p.Device() != state.Device() {
		torch.NoGrad(func() { state.SetData(torch.EmptyLike(p).Copy_(state)) })
	}
}

// move moves a state tensor without an order, such as a step count, to a device.
func move(state torch.Tensor, d torch.Device) {
	if state.Device() != d {
		state.SetData(state.ToDevice(d))
	}
}

func sameOrder(a, b torch.Tensor) bool {
	shape := a.Shape()
	if !slices.Equal(shape, b.Shape()) {
		return false
	}
	sa, sb := a.Stride(), b.Stride()
	for i, n := range shape {
		if n > 1 && sa[i] != sb[i] {
			return false
		}
	}
	return true
}
