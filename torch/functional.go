package torch

import (
	"fmt"
	"strings"
)

// The kernels of neural networks (torch.nn.functional). Images are N x C x H x W.

// Linear returns x w^T + bias for x (... x I), w (O x I); bias may be zero.
func Linear(x, w, bias Tensor) Tensor { return one("linear", x, w, bias) }

// BatchNorm normalises x over all dimensions except the second. In training it uses the
// batch's statistics and updates the running ones, with momentum as the weight of the new
// value; one value per channel has no variance and is an error.
func BatchNorm(x, w, bias, runningMean, runningVar Tensor, training bool, momentum, eps float64) Tensor {
	if training {
		needTwo(x.Shape())
	}
	return one("batch_norm", x, w, bias, runningMean, runningVar, training, momentum, eps, true)
}

// BatchNormAct is [BatchNorm], then the addition of shortcut, unless it is zero, and ReLU if
// relu, as in a residual block. The result has the bits of those three in turn; on a CPU with
// AVX2 and in training it takes about half their time, by kernels of this module (float32 and
// bfloat16, channels last, a multiple of 16 channels). BCL_FUSED_BATCH_NORM=0 in the
// environment runs the three in turn.
func BatchNormAct(x, shortcut, w, bias, runningMean, runningVar Tensor, training bool, momentum, eps float64, relu bool) Tensor {
	if training {
		needTwo(x.Shape())
	}
	return one("bcl::batch_norm_act", x, shortcut, w, bias, runningMean, runningVar, training, momentum, eps, relu)
}

// needTwo fails with PyTorch's message where kernels would return NaN.
func needTwo(shape []int64) {
	if len(shape) < 2 {
		return // the kernel reports what it expects
	}
	n := shape[0]
	for _, s := range shape[2:] {
		n *= s
	}
	if n == 1 {
		size := strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
		panic(&Error{"batch_norm", "Expected more than 1 value per channel when training, got input size torch.Size(" + size + ")"})
	}
}

// ReLU returns max(x, 0).
func (t Tensor) ReLU() Tensor { return one("relu", t) }

// ReLU_ is ReLU in place.
func (t Tensor) ReLU_() Tensor { return inPlace("relu_", t) }

// MaxPool2d takes the maximum of each kernel x kernel window.
func MaxPool2d(x Tensor, kernel, stride, padding int64) Tensor {
	return one("max_pool2d", x, []int64{kernel, kernel}, []int64{stride, stride}, []int64{padding, padding})
}

// AvgPool2d averages each kernel x kernel window.
func AvgPool2d(x Tensor, kernel, stride int64) Tensor {
	return one("avg_pool2d", x, []int64{kernel, kernel}, []int64{stride, stride})
}

// AdaptiveAvgPool2d averages x down to h x w.
func AdaptiveAvgPool2d(x Tensor, h, w int64) Tensor {
	return one("adaptive_avg_pool2d", x, []int64{h, w})
}

// Dropout zeroes each element with probability p in training.
func Dropout(x Tensor, p float64, training bool) Tensor { return one("dropout", x, p, training) }

// Normalize divides t by its Euclidean norm along a dimension, the norm being at
// least eps (torch.nn.functional.normalize).
func (t Tensor) Normalize(dim int64, eps float64) Tensor {
	norm := one("linalg_vector_norm", t, 2.0, []int64{dim}, true)
	return t.Div(norm.ClampMin(eps).Expand(t.Shape()...))
}

// Softmax returns exp(t)/sum(exp(t)) along a dimension.
func (t Tensor) Softmax(dim int64) Tensor { return one("softmax.int", t, dim) }

// LogSoftmax returns log(softmax(t)) along a dimension.
func (t Tensor) LogSoftmax(dim int64) Tensor { return one("log_softmax.int", t, dim) }

// Reduction is how the losses of samples are reduced.
type Reduction int64

// Reductions, numbered as in ATen/core/Reduction.h.
const (
	ReduceNone Reduction = iota
	ReduceMean
	ReduceSum
)

// CrossEntropy of logits (N x C) against classes (N, Int64).
func CrossEntropy(logits, target Tensor, r Reduction) Tensor {
	return one("cross_entropy_loss", logits, target, nil, int64(r))
}

// NLLLoss is minus the log-probability (N x C) of each target (N, Int64).
func NLLLoss(logProbs, target Tensor, r Reduction) Tensor {
	return one("nll_loss", logProbs, target, nil, int64(r))
}

// MSELoss is the squared difference.
func MSELoss(x, target Tensor, r Reduction) Tensor { return one("mse_loss", x, target, int64(r)) }
