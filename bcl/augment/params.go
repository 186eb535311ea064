package augment

import (
	"math"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Params is everything that was drawn for one view.
type Params struct {
	Crop   Box
	Flip   bool
	Jitter JitterParams
	Grey   bool
	Sigma  float64 // of the blur; 0: none
	Steps  []Step  // of RandAugment, only the applied ones
}

// JitterParams are the factors of one colour jitter. Order lists 0 brightness, 1
// contrast, 2 saturation, 3 hue in the order they are applied. A Hue of exactly 0 is
// skipped: a jitter without hue must not round through HSV.
type JitterParams struct {
	On                                    bool
	Order                                 [4]int
	Brightness, Contrast, Saturation, Hue float64
}

// Draw fills v with the parameters of one view of a w x h image, reusing its
// memory.
func (p *Pipeline) Draw(v *Params, s *rng.Stream, w, h int, strength Strength) {
	v.Crop = p.drawCrop(s, w, h)
	v.Flip = s.Bool(p.Flip)
	v.Jitter = p.Jitter.draw(s)
	v.Grey = s.Bool(p.Grey)
	v.Sigma = 0
	if p.Blur.P > 0 && s.Bool(p.Blur.P) {
		v.Sigma = s.Uniform(p.Blur.Sigma[0], p.Blur.Sigma[1])
	}
	v.Steps = v.Steps[:0]
	if p.Boost == nil {
		return
	}
	for range p.Boost.K {
		op := Op(s.IntN(int(NumOps)))
		if s.Bool(strength.Prob) {
			v.Steps = append(v.Steps, drawStep(s, op, strength.Magnitude))
		}
	}
}

// cropTries is the number of tries of torchvision's RandomResizedCrop.
const cropTries = 10

// drawCrop is torchvision's RandomResizedCrop.get_params: a uniform area and a
// log-uniform ratio, tried until the box fits the image; else a central box that
// comes as close as possible.
func (p *Pipeline) drawCrop(s *rng.Stream, w, h int) Box {
	area := float64(w * h)
	lo, hi := math.Log(p.Ratio[0]), math.Log(p.Ratio[1])
	for range cropTries {
		a := area * s.Uniform(p.Scale[0], p.Scale[1])
		r := math.Exp(s.Uniform(lo, hi))
		cw := int(math.RoundToEven(math.Sqrt(a * r)))
		ch := int(math.RoundToEven(math.Sqrt(a / r)))
		if 0 < cw && cw <= w && 0 < ch && ch <= h {
			return Box{s.IntN(w - cw + 1), s.IntN(h - ch + 1), cw, ch}
		}
	}
	cw, ch := w, h
	switch r := float64(w) / float64(h); {
	case r < p.Ratio[0]:
		ch = int(math.RoundToEven(float64(w) / p.Ratio[0]))
	case r > p.Ratio[1]:
		cw = int(math.RoundToEven(float64(h) * p.Ratio[1]))
	}
	return Box{(w - cw) / 2, (h - ch) / 2, cw, ch}
}

func (j Jitter) draw(s *rng.Stream) (v JitterParams) {
	if j.P == 0 || !s.Bool(j.P) {
		return v
	}
	factor := func(x float64) float64 { return s.Uniform(max(0, 1-x), 1+x) }
	v.On = true
	s.Perm(v.Order[:])
	v.Brightness, v.Contrast, v.Saturation = factor(j.Brightness), factor(j.Contrast), factor(j.Saturation)
	v.Hue = s.Uniform(-j.Hue, j.Hue)
	return v
}

// drawStep draws the parameters of op other than its magnitude.
//
// One departure from the released code: its centre of a cutout is uniform in
// [1, w], a mistake (NumPy's uniform(w) has 1 as its other end); this one is uniform
// in [0, w).
func drawStep(s *rng.Stream, op Op, magnitude float64) Step {
	t := Step{Op: op, Value: op.Value(magnitude)}
	switch {
	case ops[op].signed:
		if s.Bool(0.5) {
			t.Value = -t.Value
		}
	case op == OpCutout:
		t.CX, t.CY = s.Float64(), s.Float64()
	}
	return t
}
