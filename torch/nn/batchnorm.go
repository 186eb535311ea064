package nn

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
)

// BatchNorm normalises each channel over the batch (torch.nn.BatchNorm1d and
// BatchNorm2d, which share names and arithmetic), with eps 1e-5 and momentum 0.1.
type BatchNorm struct {
	Base
	Weight, Bias            torch.Tensor // channels
	RunningMean, RunningVar torch.Tensor // channels
	NumBatchesTracked       torch.Tensor // Int64 scalar

	Momentum, Eps float64

	group  *distributed.ProcessGroup // whose batch it is; nil: this process alone
	whole  *WholeBatch               // what the batch is a chunk of; nil: it is whole
	passes int                       // in training, whose batch has updated the running statistics
}

// Passes returns how many times a forward pass has updated the running statistics since b was made.
func (b *BatchNorm) Passes() int { return b.passes }

// ConvertSyncBatchNorm lets each BatchNorm of m normalise by the statistics of all ranks of a
// group in training (torch.nn.SyncBatchNorm.convert_sync_batchnorm).
func ConvertSyncBatchNorm(m Module, g *distributed.ProcessGroup) {
	Walk(m, func(_ string, m Module) {
		if b, ok := m.(*BatchNorm); ok {
			b.group = g
		}
	})
}

// NewBatchNorm returns a layer that starts as the identity up to normalisation.
func NewBatchNorm(channels int64) *BatchNorm {
	n := []int64{channels}
	b := &BatchNorm{Momentum: 0.1, Eps: 1e-5}
	b.Weight = Param(b, "weight", torch.Ones(n))
	b.Bias = Param(b, "bias", torch.Zeros(n))
	b.RunningMean = Buffer(b, "running_mean", torch.Zeros(n))
	b.RunningVar = Buffer(b, "running_var", torch.Ones(n))
	b.NumBatchesTracked = Buffer(b, "num_batches_tracked", torch.Scalar[int64](0))
	return b
}

// Forward normalises x (N x C or N x C x H x W): in training by the batch's statistics,
// which also update the running ones, else by the running ones.
func (b *BatchNorm) Forward(x torch.Tensor) torch.Tensor { return b.forward(x, torch.Tensor{}, false) }

// ForwardReLU returns the ReLU of the normalised x plus shortcut, of the same shape or zero.
func (b *BatchNorm) ForwardReLU(x, shortcut torch.Tensor) torch.Tensor {
	return b.forward(x, shortcut, true)
}

func (b *BatchNorm) forward(x, shortcut torch.Tensor, relu bool) torch.Tensor {
	if b.Training() && b.whole != nil {
		return act(b.whole.forward(b, x), shortcut, relu)
	}
	if b.Training() {
		b.passes++
		torch.Run("add_.Scalar", b.NumBatchesTracked, 1)
		if b.group != nil {
			return act(b.group.SyncBatchNorm(x, b.Weight, b.Bias, b.RunningMean, b.RunningVar, b.Momentum, b.Eps), shortcut, relu)
		}
	}
	return torch.BatchNormAct(x, shortcut, b.Weight, b.Bias, b.RunningMean, b.RunningVar, b.Training(), b.Momentum, b.Eps, relu)
}

// act is what ForwardReLU does after normalising.
func act(y, shortcut torch.Tensor, relu bool) torch.Tensor {
	if shortcut.Defined() {
		y = y.Add(shortcut)
	}
	if relu {
		y = torch.Call("relu_", y)[0]
	}
	return y
}
