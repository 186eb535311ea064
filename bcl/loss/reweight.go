package loss

import "github.com/bcl-go/bcl/torch"

// PositiveWeights returns the weight of each sample's loss (B) by the distance d of
// its two views, z1 and z2 (B x D): 1 + (d - mean d)/(max d - min d), with d = 1 -
// cosine. Pairs far apart count more; the mean weight of a batch is 1. No gradient
// flows through the weights. If all distances are equal every weight is 1.
//
// This is an option of this project's description of the method; the paper does not
// have it.
func PositiveWeights(z1, z2 torch.Tensor) (weights torch.Tensor) {
	torch.NoGrad(func() {
		a, b := z1.Detach().Normalize(-1, 1e-12), z2.Detach().Normalize(-1, 1e-12)
		similarity := a.Mul(b).SumDim([]int64{-1}, false)
		// Differences of d are negated differences of similarity. Pure rounding
		// differences must not be amplified.
		spread := similarity.Max().Sub(similarity.Min()).ClampMin(1e-6)
		weights = similarity.Mean().Sub(similarity).Div(spread).AddScalar(1)
	})
	return weights
}
