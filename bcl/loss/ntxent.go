package loss

import "github.com/bcl-go/bcl/torch"

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
	return NewPairs(z1, z2, temperature).NTXent()
}

// Interleaved splits projections laid out as the authors do, rows 2i and 2i+1
// being the views of sample i, into the two views.
func Interleaved(z torch.Tensor) (z1, z2 torch.Tensor) {
	pairs := z.View(-1, 2, z.Size(-1))
	return pairs.Select(1, 0), pairs.Select(1, 1)
}
