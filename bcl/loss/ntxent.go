package loss

import (
	"math"

	"github.com/bcl-go/bcl/torch"
)

func init() {
	Register(plain, func(_ Config, z1, z2 torch.Tensor, temperature float64) torch.Tensor {
		return NTXent(z1, z2, temperature)
	})
}

// NTXent is the normalised, temperature-scaled cross entropy of SimCLR (Chen et
// al. 2020, arXiv 2002.05709, equation 1), for each sample.
//
// z1 and z2 (B x D, B >= 2) are the projections of the two views of B samples;
// they need not be normalised. Row a of the 2B views has the positive p(a), the
// other view of its sample, and 2B-2 negatives:
//
//	l_a = -log( exp(<a, p(a)>/T) / sum over b != a of exp(<a, b>/T) )
//
// The result (B) is the mean of each sample's two rows. It is computed with
// log-sum-exp, so no temperature makes it overflow.
func NTXent(z1, z2 torch.Tensor, temperature float64) torch.Tensor {
	z1, z2 = z1.Normalize(-1, 1e-12), z2.Normalize(-1, 1e-12)
	z := torch.Cat([]torch.Tensor{z1, z2}, 0)
	b := z1.Size(0)
	self := torch.Eye(2*b, torch.On(torch.Bool, z.Device()))
	logits := z.Mm(z.T()).DivScalar(temperature).MaskedFill(self, math.Inf(-1))
	positive := z1.Mul(z2).SumDim([]int64{-1}, false).DivScalar(temperature)
	all := logits.LogSumExp(1, false).View(2, b)
	return all.MeanDim([]int64{0}, false).Sub(positive)
}

// Interleaved splits projections laid out as the authors do, rows 2i and 2i+1
// being the views of sample i, into the two views.
func Interleaved(z torch.Tensor) (z1, z2 torch.Tensor) {
	pairs := z.View(-1, 2, z.Size(-1))
	return pairs.Select(1, 0), pairs.Select(1, 1)
}
