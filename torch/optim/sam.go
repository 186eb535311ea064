package optim

import "github.com/bcl-go/bcl/torch"

// SAM is sharpness-aware minimisation (Foret et al. 2021, arXiv 2010.01412, equation 2), around
// any other optimiser, whose step follows two passes:
//
//	gradients at p; Ascend; gradients at p + e; Return; the optimiser's Step
//
// with e = Rho g/|g|, |.| over all parameters, or adaptive (Kwon et al. 2021, arXiv 2102.11600)
// e = Rho p^2 g/|p g|.
type SAM struct {
	Rho      float64 // size of the neighbourhood
	Adaptive bool

	params  []torch.Tensor
	before  []torch.Tensor // parameters of before Ascend, of the scope that NewSAM ran in
	climbed bool
}

// NewSAM returns the first step of params. Its memory belongs to the current scope.
func NewSAM(params []torch.Tensor, rho float64, adaptive bool) *SAM {
	s := &SAM{Rho: rho, Adaptive: adaptive, params: params}
	for _, p := range params {
		s.before = append(s.before, torch.EmptyLike(p.Detach()))
	}
	return s
}

// Ascend moves the parameters by e. Those without a gradient stay.
func (s *SAM) Ascend() {
	torch.NoGrad(func() {
		var moved, steps, norms []torch.Tensor
		for i, p := range s.params {
			follow(p, s.before[i])
			s.before[i].Copy_(p)
			g := gradient(p)
			if !g.Defined() {
				continue
			}
			scaled := g
			if s.Adaptive {
				scaled = p.Abs().Mul(g)
				g = p.Square().Mul(g)
			}
			moved, steps, norms = append(moved, p), append(steps, g), append(norms, scaled.Norm())
		}
		s.climbed = true
		if len(moved) == 0 {
			return
		}
		factor := torch.Stack(norms, 0).Norm().AddScalar(1e-12).Pow(-1).MulScalar(s.Rho)
		for i, p := range moved {
			p.Add_(steps[i].Mul(factor), 1)
		}
	})
}

// Return restores the parameters of before Ascend, to the bit. Without one it does nothing.
func (s *SAM) Return() {
	if !s.climbed {
		return
	}
	torch.NoGrad(func() {
		for i, p := range s.params {
			p.Copy_(s.before[i])
		}
	})
	s.climbed = false
}
