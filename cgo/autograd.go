package cgo

// #include <stdlib.h>
// #include "bcl_torch.h"
import "C"

import "unsafe"

// SetRequiresGrad turns the recording of gradients for a leaf on or off.
func (t Tensor) SetRequiresGrad(on bool) error {
	return result(C.bt_requires_grad(C.bt_tensor(t), flag(on)))
}

// Backward adds the gradients of t, weighted by grad (0 for a scalar t), to the leaves.
func (t Tensor) Backward(grad Tensor, retainGraph bool) error {
	return result(C.bt_backward(C.bt_tensor(t), C.bt_tensor(grad), flag(retainGraph)))
}

// Grad returns the gradients of output for inputs, 0 for an unused input.
func Grad(output Tensor, inputs []Tensor, retainGraph, createGraph bool) ([]Tensor, error) {
	out := make([]Tensor, len(inputs))
	err := result(C.bt_grad(C.bt_tensor(output), (*C.bt_tensor)(unsafe.Pointer(unsafe.SliceData(inputs))), C.int64_t(len(inputs)),
		flag(retainGraph), flag(createGraph), (*C.bt_tensor)(unsafe.Pointer(unsafe.SliceData(out)))))
	return out, err
}

// GradOf returns the gradient accumulated in t, or 0.
func (t Tensor) GradOf() (Tensor, error) {
	var g C.bt_tensor
	err := result(C.bt_grad_of(C.bt_tensor(t), &g))
	return Tensor(g), err
}

// SetGradOf replaces the gradient accumulated in t; 0 drops it.
func (t Tensor) SetGradOf(g Tensor) error {
	return result(C.bt_set_grad_of(C.bt_tensor(t), C.bt_tensor(g)))
}

// SetGradMode turns recording in the calling thread on or off and returns the old mode.
func SetGradMode(on bool) (before bool, err error) {
	var b C.int32_t
	err = result(C.bt_grad_mode(flag(on), &b))
	return b != 0, err
}

// AutocastState is the state that EnterAutocast replaced.
type AutocastState [3]C.int32_t

// EnterAutocast turns autocast for a device type on or off in the calling thread.
func EnterAutocast(device int, dtype int8, enabled, cache bool) (before AutocastState, err error) {
	err = result(C.bt_autocast_enter(C.int32_t(device), C.int32_t(dtype), flag(enabled), flag(cache), &before[0]))
	return before, err
}

// ExitAutocast restores the state that EnterAutocast returned.
func ExitAutocast(device int, before AutocastState) error {
	return result(C.bt_autocast_exit(C.int32_t(device), &before[0]))
}
