package loss

import "github.com/bcl-go/bcl/torch"

func init() {
	Register("dcl", func(_ Config, z1, z2 torch.Tensor, temperature float64) torch.Tensor {
		return DCL(z1, z2, temperature)
	})
	Register("dclw", func(c Config, z1, z2 torch.Tensor, temperature float64) torch.Tensor {
		return DCLW(z1, z2, temperature, c.Sigma)
	})
}

// DCL is decoupled contrastive learning (Yeh et al. 2022, arXiv 2110.06848, section 3), for
// each sample (B): NT-Xent without the positive in the denominator, so that easy positives do
// not weaken the gradient of the negatives. With s_b = <a, b>/T over the 2B-2 negatives of row
// a and its positive s_p,
//
//	l_a = -s_p + log sum of exp(s_b)
//
// and a sample's loss is the mean of its two rows (the paper adds them). It may be negative.
func DCL(z1, z2 torch.Tensor, temperature float64) torch.Tensor {
	r := rowsOf(z1, z2)
	return perSample(r.negatives(1 / temperature)).Sub(r.positive.DivScalar(temperature))
}

// DCLW is [DCL] with its positive weighted by a negative von Mises-Fisher function (the same
// paper, where sigma is 0.5), so that views far apart count more:
//
//	w_i = 2 - exp(<z1_i, z2_i>/sigma) / mean over the batch of exp(<z1_j, z2_j>/sigma)
//	l_a = -w_i s_p + log sum of exp(s_b)
//
// No gradient flows through the weights, whose mean is 1.
func DCLW(z1, z2 torch.Tensor, temperature, sigma float64) torch.Tensor {
	r := rowsOf(z1, z2)
	share := r.positive.Detach().DivScalar(sigma).Softmax(0)
	weight := share.MulScalar(-float64(z1.Size(0))).AddScalar(2)
	return perSample(r.negatives(1 / temperature)).Sub(r.positive.DivScalar(temperature).Mul(weight))
}
