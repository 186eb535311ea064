package loss

import "github.com/bcl-go/bcl/torch"

func init() {
	Register("hard-negative", func(c Config, z1, z2 torch.Tensor, temperature float64) torch.Tensor {
		return HardNegative(z1, z2, temperature, c.Beta, c.TauPlus)
	})
}

// HardNegative is NT-Xent with hard negatives counted more and corrected for negatives that
// are of the sample's own class (Robinson, Chuang, Sra, Jegelka 2021, "Contrastive Learning
// with Hard Negative Samples", arXiv 2010.04592, section 3), for each sample (B). In the form
// of the released code, whose beta is 1 and tauPlus 0.1, with N = 2B-2 negatives s_b = <a,
// b>/T of row a and its positive s_p,
//
//	R   = sum of exp((1 + beta) s_b) / mean of exp(beta s_b)
//	Ng  = max( (R - tauPlus N exp(s_p)) / (1 - tauPlus), N exp(-1/T) )
//	l_a = -log( exp(s_p) / (exp(s_p) + Ng) )
//
// and a sample's loss is the mean of its two rows. Beta is the concentration of the
// distribution of negatives, tauPlus the probability that a negative is of the class of its
// anchor. With beta 0 it is the debiased loss of Chuang et al. 2020 (arXiv 2007.00224), with
// tauPlus 0 as well NTXent. Gradients flow through the weights, as in that code.
func HardNegative(z1, z2 torch.Tensor, temperature, beta, tauPlus float64) torch.Tensor {
	r := rowsOf(z1, z2)
	n := float64(2*z1.Size(0) - 2)
	positive := r.positives(1 / temperature)
	mean := r.negatives((1 + beta) / temperature).Sub(r.negatives(beta / temperature)) // log R/N
	// All is relative to exp(top), so that nothing overflows; that factor cancels out.
	top := torch.Call("maximum", mean, positive)[0].Detach()
	own := positive.Sub(top).Exp()
	negative := mean.Sub(top).Exp().Sub(own.MulScalar(tauPlus)).DivScalar(1 - tauPlus)
	least := top.Neg().AddScalar(-1 / temperature).Exp() // as if all were opposite
	negative = torch.Call("maximum", negative, least)[0].MulScalar(n)
	return perSample(own.Add(negative).Log().Add(top).Sub(positive))
}
