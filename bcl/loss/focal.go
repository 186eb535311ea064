package loss

import "github.com/bcl-go/bcl/torch"

func init() {
	Register("focal", func(c Config, z1, z2 torch.Tensor, temperature float64) torch.Tensor {
		return Focal(z1, z2, temperature, c.Gamma)
	})
}

// Focal is NT-Xent with the modulating factor of the focal loss (Lin et al. 2017, arXiv
// 1708.02002, equation 4), for each sample (B): a baseline of Geometric Harmonization (Zhou
// et al. 2023, arXiv 2310.17622), in the form of its released code, whose gamma is 2. With
// p_a the softmax probability of the positive of row a in [NTXent],
//
//	l_a = -(1 - p_a)^gamma log p_a
//
// and a sample's loss is the mean of its two rows. Gradients flow through the factor too.
// Gamma 0 is NTXent.
func Focal(z1, z2 torch.Tensor, temperature, gamma float64) torch.Tensor {
	r := rowsOf(z1, z2)
	positive, negative := r.positives(1/temperature), r.negatives(1/temperature)
	all := logAddExp(positive, negative)
	factor := negative.Sub(all).MulScalar(gamma).Exp() // 1 - p is the share of the negatives
	return perSample(factor.Mul(all.Sub(positive)))
}

func logAddExp(a, b torch.Tensor) torch.Tensor { return torch.Call("logaddexp", a, b)[0] }
