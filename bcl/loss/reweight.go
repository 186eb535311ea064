package loss

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
)

// Reweighting is how samples are weighted by the distance of their two views. Both forms are
// of LoTaR, long-tailed reweighting (a master's thesis; its code is
// github.com/andrew15818/SimCLR): its README has 1 + (d - mean d)/(max d - min d) over the
// batch, its code for CIFAR the opposite sign.
type Reweighting string

// The forms. NoReweighting leaves all weights 1.
const (
	NoReweighting Reweighting = ""
	FarPositives  Reweighting = "far"   // [PositiveWeights]: pairs far apart count more, as LoTaR's README says
	LoTaR         Reweighting = "lotar" // [LoTaRWeights]: close pairs count more, as LoTaR's code for CIFAR does
)

// ParseReweighting reads a form; "true" and "false" are what earlier programs wrote for far
// and none.
func ParseReweighting(text string) (Reweighting, error) {
	switch r := Reweighting(text); r {
	case NoReweighting, FarPositives, LoTaR:
		return r, nil
	case "true":
		return FarPositives, nil
	case "false":
		return NoReweighting, nil
	}
	return "", fmt.Errorf("re-weighting %q, expected far or lotar", text)
}

// Weights returns the weights of the losses of samples (B) with views z1 and z2 (B x D); the
// zero Tensor if all are 1.
func (r Reweighting) Weights(z1, z2 torch.Tensor) (weights torch.Tensor) {
	switch r {
	case FarPositives:
		return PositiveWeights(z1, z2)
	case LoTaR:
		return LoTaRWeights(z1, z2)
	}
	return weights
}

// PositiveWeights returns the weight of each sample's loss (B) by the distance d of
// its two views, z1 and z2 (B x D): 1 + (d - mean d)/(max d - min d), with d = 1 -
// cosine. Pairs far apart count more; the mean weight of a batch is 1. No gradient
// flows through the weights. If all distances are equal every weight is 1.
//
// The formula is that of LoTaR's README, which leaves the distance open; see [Reweighting].
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

// LoTaRWeights returns the weight of each sample's loss (B) as LoTaR's code for CIFAR has it,
// also with SDCLR: 1 - (d - mean d)/(max d - min d), with d the Euclidean distance of the
// projections as they are, not normalised. Pairs far apart count *less*, against the README
// and against that code's own file for iNaturalist; gradients flow through the weights too.
func LoTaRWeights(z1, z2 torch.Tensor) torch.Tensor {
	d := torch.Call("linalg_vector_norm", z1.Sub(z2), 2.0, []int64{1}, false)[0]
	spread := d.Max().Sub(d.Min()).ClampMin(1e-6)
	return d.Mean().Sub(d).Div(spread).AddScalar(1)
}
