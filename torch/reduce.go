package torch

import "slices"

// Sum returns the sum of all elements.
func (t Tensor) Sum() Tensor { return one("sum", t) }

// SumDim sums over dimensions.
func (t Tensor) SumDim(dims []int64, keepDim bool) Tensor {
	return one("sum.dim_IntList", t, dims, keepDim)
}

// Mean returns the mean of all elements.
func (t Tensor) Mean() Tensor { return one("mean", t) }

// MeanDim averages over dimensions.
func (t Tensor) MeanDim(dims []int64, keepDim bool) Tensor { return one("mean.dim", t, dims, keepDim) }

// Std returns the standard deviation of all elements, unbiased (N-1) or not.
func (t Tensor) Std(unbiased bool) Tensor { return one("std", t, unbiased) }

// Max returns the largest element.
func (t Tensor) Max() Tensor { return one("max", t) }

// Min returns the smallest element.
func (t Tensor) Min() Tensor { return one("min", t) }

// All returns whether every element is true.
func (t Tensor) All() Tensor { return one("all", t) }

// Any returns whether any element is true.
func (t Tensor) Any() Tensor { return one("any", t) }

// Norm returns the Euclidean norm of all elements.
func (t Tensor) Norm() Tensor { return one("norm.Scalar", t, 2.0) }

// LogSumExp returns log(sum(exp(t))) over a dimension, computed without overflow.
func (t Tensor) LogSumExp(dim int64, keepDim bool) Tensor {
	return one("logsumexp", t, []int64{dim}, keepDim)
}

// ArgMax returns the index of the largest element along a dimension.
func (t Tensor) ArgMax(dim int64) Tensor { return one("argmax", t, dim) }

// TopK returns the k largest (or smallest) elements along a dimension and their indices.
func (t Tensor) TopK(k, dim int64, largest bool) (values, indices Tensor) {
	r := Call("topk", t, k, dim, largest, true)
	return r[0], r[1]
}

// Sort returns the elements in order along a dimension and their indices.
func (t Tensor) Sort(dim int64, descending bool) (values, indices Tensor) {
	r := Call("sort", t, dim, descending)
	return r[0], r[1]
}

// KthValue returns the k-th smallest element (k from 1) along a dimension and its index.
func (t Tensor) KthValue(k, dim int64) (value, index Tensor) {
	r := Call("kthvalue", t, k, dim)
	return r[0], r[1]
}

// Equal reports whether t and o have the same shape and values (torch.equal).
func (t Tensor) Equal(o Tensor) bool {
	if !slices.Equal(t.Shape(), o.Shape()) {
		return false
	}
	return t.Numel() == 0 || Item[bool](t.Eq(o).All())
}
