package augment

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/settings/field"
)

// Check returns an error for the first invalid value of the recipe: a probability outside
// of [0, 1], an empty range, a size below 1, a boost that weakens.
func (p *Pipeline) Check() error {
	if p.Size < 1 {
		return fmt.Errorf("augment: views of %d pixels", p.Size)
	}
	for _, c := range []struct {
		what string
		p    float64
	}{
		{"a flip", p.Flip}, {"a jitter", p.Jitter.P}, {"a grey view", p.Grey}, {"a blur", p.Blur.P},
	} {
		if !(c.p >= 0 && c.p <= 1) {
			return fmt.Errorf("augment: probability %v of %s is not in [0, 1]", c.p, c.what)
		}
	}
	if !(0 < p.Scale[0] && p.Scale[0] <= p.Scale[1] && p.Scale[1] <= 1) {
		return fmt.Errorf("augment: crops of %v of the area are not in (0, 1]", p.Scale)
	}
	if !(0 < p.Ratio[0] && p.Ratio[0] <= p.Ratio[1]) {
		return fmt.Errorf("augment: aspect ratios from %v to %v", p.Ratio[0], p.Ratio[1])
	}
	if j := p.Jitter; !(j.Brightness >= 0 && j.Contrast >= 0 && j.Saturation >= 0 && j.Hue >= 0 && j.Hue <= 0.5) {
		return fmt.Errorf("augment: jitter %+v needs factors from 0, and a hue of at most 0.5", j)
	}
	if b := p.Blur; b.P > 0 && !(0 < b.Sigma[0] && b.Sigma[0] <= b.Sigma[1]) {
		return fmt.Errorf("augment: blur with sigma from %v to %v", b.Sigma[0], b.Sigma[1])
	}
	if k := p.Blur.Kernel; k < 0 || k > MaxKernel || k > 0 && k%2 == 0 {
		return fmt.Errorf("augment: a blur's kernel of %d pixels; it is odd and at most %d, or 0 for Pillow's blur", k, MaxKernel)
	}
	if p.Boost != nil {
		return field.In("Boost", p.Boost.check())
	}
	return nil
}
