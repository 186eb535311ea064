package augment_test

import (
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
)

func TestCheck(t *testing.T) {
	for _, r := range recipes {
		if err := r.p.Check(); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
	for what, spoil := range map[string]func(p *augment.Pipeline){
		"size":   func(p *augment.Pipeline) { p.Size = 0 },
		"flip":   func(p *augment.Pipeline) { p.Flip = 1.5 },
		"grey":   func(p *augment.Pipeline) { p.Grey = -0.1 },
		"scale":  func(p *augment.Pipeline) { p.Scale[0] = 0 },
		"ratio":  func(p *augment.Pipeline) { p.Ratio[0] = 2 },
		"hue":    func(p *augment.Pipeline) { p.Jitter.Hue = 0.6 },
		"sigma":  func(p *augment.Pipeline) { p.Blur.Sigma[0] = 3 },
		"kernel": func(p *augment.Pipeline) { p.Blur.Kernel = 4 },
		"k":      func(p *augment.Pipeline) { p.Boost = &augment.Boost{K: 0, R: 30} },
		"r":      func(p *augment.Pipeline) { p.Boost = &augment.Boost{K: 1, R: 31} },
		"jitter": func(p *augment.Pipeline) { p.Jitter.Contrast = -1 },
	} {
		p := augment.ImageNet(32)
		spoil(p)
		if p.Check() == nil {
			t.Errorf("no error for a wrong %s", what)
		}
	}
}
