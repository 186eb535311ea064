package loss

import (
	"math"

	"github.com/bcl-go/bcl/torch"
)

// Pairs are the similarities of all pairs of the 2B views of a batch, first those of the first
// views: what losses and the signals of the samples have in common.
type Pairs struct {
	Logits      torch.Tensor // 2B x 2B: cosines over the temperature; -Inf of a view with itself
	Positive    torch.Tensor // B: cosine of the two views over the temperature
	All         torch.Tensor // 2 x B: log-sum-exp of the logits of each view
	Temperature float64
}

// NewPairs compares projections (B x D, B >= 2), which need not be normalised.
func NewPairs(z1, z2 torch.Tensor, temperature float64) Pairs {
	z1, z2 = z1.Normalize(-1, 1e-12), z2.Normalize(-1, 1e-12)
	z := torch.Cat([]torch.Tensor{z1, z2}, 0)
	b := z1.Size(0)
	self := torch.Eye(2*b, torch.On(torch.Bool, z.Device()))
	cosines := z.Mm(z.T())
	scaled := cosines.DivScalar(temperature)
	cosines.Free() // of a large batch each is the largest tensor that there is
	logits := scaled.MaskedFill(self, math.Inf(-1))
	scaled.Free()
	positive := z1.Mul(z2).SumDim([]int64{-1}, false).DivScalar(temperature)
	return Pairs{logits, positive, logits.LogSumExp(1, false).View(2, b), temperature}
}

// NTXent is the loss of each sample (B), see [NTXent].
func (p Pairs) NTXent() torch.Tensor {
	return p.All.MeanDim([]int64{0}, false).Sub(p.Positive)
}
