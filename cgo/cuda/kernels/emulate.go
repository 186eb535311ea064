// Package kernels has the GPU kernels of batch norm (norm.h), and runs them on the CPU, thread by
// thread, to test their arithmetic and indices where there is no GPU. It cannot show races
// within a block, nor time.
package kernels

/*
#cgo CXXFLAGS: -std=c++17 -O2 -Wall
#include "emulate.h"
*/
import "C"

import "unsafe"

// Norm is a batch norm of rows x channels numbers, channels last, with the shortcut and ReLU that
// follow it. Slices are the data that the kernels read and write: x, shortcut, y and their
// gradients as floats, or as the bits of bfloat16.
type Norm[T float32 | uint16] struct {
	Rows, Channels          int
	ReLU                    bool
	Eps, Momentum           float32
	X, Shortcut, Y          []T // Shortcut: nil if there is none
	Mean, InvStd            []float32
	Weight, Bias            []float32
	RunningMean, RunningVar []float32
	Lines                   []float32 // 2 x channels, for Backward

	DY, DSum, DX   []T // DSum: nil unless there are a shortcut and ReLU
	DWeight, DBias []float32
}

func data[T any](s []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(s)) }

func floats(s []float32) *C.float { return (*C.float)(unsafe.SliceData(s)) }

func (n *Norm[T]) numbers() (typ C.int, rows, channels C.int64_t, relu C.int) {
	var t T
	if unsafe.Sizeof(t) == 2 {
		typ = 1
	}
	if n.ReLU {
		relu = 1
	}
	return typ, C.int64_t(n.Rows), C.int64_t(n.Channels), relu
}

// Forward makes Y and Lines of X, Mean and InvStd, and moves the running statistics.
func (n *Norm[T]) Forward() {
	typ, rows, channels, relu := n.numbers()
	C.bt_emulate_forward(typ, rows, channels, relu, C.float(n.Eps), C.float(n.Momentum), data(n.X), data(n.Shortcut),
		floats(n.Mean), floats(n.InvStd), floats(n.Weight), floats(n.Bias), floats(n.RunningMean), floats(n.RunningVar), floats(n.Lines), data(n.Y))
}

// Backward makes DX, DSum, DWeight and DBias of DY.
func (n *Norm[T]) Backward() {
	typ, rows, channels, relu := n.numbers()
	y := data(n.Y)
	if n.DSum == nil {
		y = nil
	}
	C.bt_emulate_backward(typ, rows, channels, relu, data(n.X), y, data(n.DY), floats(n.Mean), floats(n.InvStd), floats(n.Weight),
		floats(n.Lines), data(n.DSum), data(n.DX), floats(n.DWeight), floats(n.DBias))
}
