package cgo

// #include <stdlib.h>
// #include "bcl_torch.h"
import "C"

import "unsafe"

// MaxDims is the largest number of dimensions that Info reports.
const MaxDims = 64

// Info describes a tensor.
type Info struct {
	Sizes         [MaxDims]int64 // the first Dims count
	Dims          int
	DType         int8 // c10::ScalarType
	Device, Index int  // c10::DeviceType and its number
	Flags         int
}

// Flags of Info.
const (
	RequiresGrad   = C.BT_REQUIRES_GRAD
	IsLeaf         = C.BT_IS_LEAF
	IsContiguous   = C.BT_IS_CONTIGUOUS
	IsChannelsLast = C.BT_IS_CHANNELS_LAST
)

// NewTensor copies data (C order, native bytes) into a new CPU tensor.
func NewTensor(data unsafe.Pointer, nbytes int, dtype int8, sizes []int64) (Tensor, error) {
	var t C.bt_tensor
	err := result(C.bt_tensor_new(data, C.size_t(nbytes), C.int32_t(dtype), (*C.int64_t)(unsafe.SliceData(sizes)), C.int64_t(len(sizes)), &t))
	return Tensor(t), err
}

// Read copies the elements of t, in C order, to dst.
func (t Tensor) Read(dst unsafe.Pointer, nbytes int) error {
	return result(C.bt_tensor_read(C.bt_tensor(t), dst, C.size_t(nbytes)))
}

// Write copies data in C order to t, with nonBlocking behind the caller's back.
func (t Tensor) Write(src unsafe.Pointer, nbytes int, nonBlocking bool) error {
	return result(C.bt_tensor_write(C.bt_tensor(t), src, C.size_t(nbytes), flag(nonBlocking)))
}

// ReadLater copies the elements of t to dst behind the caller's back.
func (t Tensor) ReadLater(dst unsafe.Pointer, nbytes int) error {
	return result(C.bt_tensor_read_later(C.bt_tensor(t), dst, C.size_t(nbytes)))
}

// Info returns shape, dtype, device and flags.
func (t Tensor) Info(i *Info) error {
	var ndim C.int64_t
	var dtype, device, index, flags C.int32_t
	err := result(C.bt_tensor_info(C.bt_tensor(t), (*C.int64_t)(&i.Sizes[0]), MaxDims, &ndim, &dtype, &device, &index, &flags))
	i.Dims, i.DType, i.Device, i.Index, i.Flags = int(ndim), int8(dtype), int(device), int(index), int(flags)
	return err
}

// Strides returns the strides in elements of a tensor with n dimensions.
func (t Tensor) Strides(n int) ([]int64, error) {
	s := make([]int64, max(n, 1))
	err := result(C.bt_tensor_strides(C.bt_tensor(t), (*C.int64_t)(&s[0]), C.int64_t(n)))
	return s[:n], err
}

// SetData replaces the data of t, which stays the same parameter.
func (t Tensor) SetData(data Tensor) error {
	return result(C.bt_tensor_set_data(C.bt_tensor(t), C.bt_tensor(data)))
}

// Text returns the values as libtorch prints them.
func (t Tensor) Text() (string, error) {
	return text(func(s **C.char) C.bt_error { return C.bt_tensor_string(C.bt_tensor(t), s) })
}
