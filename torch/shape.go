package torch

// View returns t with another shape over the same memory; -1 is inferred.
func (t Tensor) View(shape ...int64) Tensor { return one("view", t, shape) }

// Reshape is View that copies if it must.
func (t Tensor) Reshape(shape ...int64) Tensor { return one("reshape", t, shape) }

// Flatten joins the dimensions from start to the last.
func (t Tensor) Flatten(start int64) Tensor { return one("flatten.using_ints", t, start) }

// Permute returns t with its dimensions in another order.
func (t Tensor) Permute(dims ...int64) Tensor { return one("permute", t, dims) }

// T returns the transpose of a matrix.
func (t Tensor) T() Tensor { return one("t", t) }

// Transpose swaps two dimensions.
func (t Tensor) Transpose(a, b int64) Tensor { return one("transpose.int", t, a, b) }

// Unsqueeze adds a dimension of size 1.
func (t Tensor) Unsqueeze(dim int64) Tensor { return one("unsqueeze", t, dim) }

// Squeeze removes a dimension of size 1.
func (t Tensor) Squeeze(dim int64) Tensor { return one("squeeze.dim", t, dim) }

// Expand repeats dimensions of size 1 without copying; -1 leaves one as it is.
func (t Tensor) Expand(shape ...int64) Tensor { return one("expand", t, shape) }

// Narrow returns length entries from start along a dimension.
func (t Tensor) Narrow(dim, start, length int64) Tensor { return one("narrow", t, dim, start, length) }

// Select returns one entry along a dimension, which is removed.
func (t Tensor) Select(dim, index int64) Tensor { return one("select.int", t, dim, index) }

// IndexSelect returns the entries with the given indices (Int64) along a dimension.
func (t Tensor) IndexSelect(dim int64, index Tensor) Tensor {
	return one("index_select", t, dim, index)
}

// Index returns t[index], with tensors of indices or a mask for the first dimensions.
func (t Tensor) Index(index ...Tensor) Tensor { return one("index.Tensor", t, index) }

// Gather returns out[i][j] = t[i][index[i][j]] for dim 1, and likewise for others.
func (t Tensor) Gather(dim int64, index Tensor) Tensor { return one("gather", t, dim, index) }

// IndexCopy_ sets the entries with the given indices along a dimension.
func (t Tensor) IndexCopy_(dim int64, index, source Tensor) Tensor {
	return inPlace("index_copy_", t, dim, index, source)
}

// Cat joins tensors along a dimension.
func Cat(tensors []Tensor, dim int64) Tensor { return one("cat", tensors, dim) }

// Stack joins tensors along a new dimension.
func Stack(tensors []Tensor, dim int64) Tensor { return one("stack", tensors, dim) }

// Diagonal returns the elements t[i][i+offset].
func (t Tensor) Diagonal(offset int64) Tensor { return one("diagonal", t, offset) }

// Clone returns a copy of t.
func (t Tensor) Clone() Tensor { return one("clone", t) }

// Contiguous returns t with its elements in the order of the memory format.
func (t Tensor) Contiguous(format MemoryFormat) Tensor { return one("contiguous", t, format) }

// To converts the type of the elements.
func (t Tensor) To(dtype DType) Tensor { return one("to.dtype", t, dtype) }

// ToDevice moves t to a device.
func (t Tensor) ToDevice(d Device) Tensor { return one("to.device", t, d, t.DType()) }

// ToFormat converts t to a memory format if necessary.
func (t Tensor) ToFormat(format MemoryFormat) Tensor {
	return one("to.dtype", t, t.DType(), false, false, format)
}

// ScatterAdd_ adds source[i][j] to t[i][index[i][j]] for dim 1, and likewise for others.
func (t Tensor) ScatterAdd_(dim int64, index, source Tensor) Tensor {
	return inPlace("scatter_add_", t, dim, index, source)
}
