package augment_test

import (
	"math"
	"strings"
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
		"jitter": func(p *augment.Pipeline) { p.Jitter.Contrast = -1 },
	} {
		p := augment.ImageNet(32)
		spoil(p)
		if p.Check() == nil {
			t.Errorf("no error for a wrong %s", what)
		}
	}
}

// A strength below the floor would invert the method.
func TestCheckOfBoost(t *testing.T) {
	for _, c := range []struct {
		b    augment.Boost
		want string // of the error; "": none
	}{
		{augment.Boost{K: 1, R: 30}, ""}, {augment.Boost{K: 1, R: 10}, ""}, {augment.Boost{K: 2, R: 5}, ""}, {augment.Boost{K: 15, R: 30}, ""},
		{augment.Boost{K: 1, R: 0, NoFloor: true}, ""}, {augment.Boost{K: 2, R: 3, NoFloor: true}, ""},
		{augment.Boost{K: 1, R: 9.5}, "Boost.R is 9.5, expected 10 to 30: with K = 1 magnitudes start at 10"},
		{augment.Boost{K: 2, R: 4}, "Boost.R is 4, expected 5 to 30: with K = 2"},
		{augment.Boost{K: 1, R: 31}, "Boost.R is 31, expected 10 to 30"},
		{augment.Boost{K: 2, R: -1, NoFloor: true}, "Boost.R is -1, expected 0 to 30"},
		{augment.Boost{K: 2, R: math.NaN()}, "Boost.R is NaN"},
		{augment.Boost{K: 0, R: 30}, "Boost.K is 0, expected 1 to 15"},
		{augment.Boost{K: 16, R: 30}, "Boost.K is 16"},
	} {
		err := augment.CIFAR(32).With(c.b).Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: error %v, want %q", c.b, err, c.want)
		}
		low, high := c.b.At(0, 1).Magnitude, c.b.At(1, 1).Magnitude
		if err == nil && low > high {
			t.Errorf("%+v is accepted: magnitude %v at w = 0, %v at w = 1", c.b, low, high)
		}
	}
}
