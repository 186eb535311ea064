package augment_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/rng"
)

// draws calls f with the parameters of n views of a w x h image.
func draws(p *augment.Pipeline, n, w, h int, s augment.Strength, f func(v *augment.Params)) {
	var v augment.Params
	for i := range n {
		r := rng.New(7, rng.View, 3, uint32(i), 1)
		p.Draw(&v, &r, w, h, s)
		f(&v)
	}
}

// near fails unless got is within 4.5 standard errors of want: probability 1 in 150,000
// if the draws are right, and never flaky, as the seed is fixed.
func near(t *testing.T, what string, got, want, stderr float64) {
	t.Helper()
	if math.Abs(got-want) > 4.5*stderr {
		t.Errorf("%s: %.4f, want %.4f +- %.4f", what, got, want, stderr)
	}
}

// share checks that count of n draws has probability p.
func share(t *testing.T, what string, count, n int, p float64) {
	t.Helper()
	near(t, what, float64(count)/float64(n), p, math.Sqrt(p*(1-p)/float64(n)))
}

// TestCropsAreTorchvisions compares the sizes of crop boxes with torchvision's
// draws by a two-sample chi-squared test.
func TestCropsAreTorchvisions(t *testing.T) {
	for _, g := range readGoldens(t).Crops {
		p := augment.CIFAR(32)
		p.Scale[0] = g.Low
		n := 0
		for _, c := range g.Counts {
			n += c
		}
		ours := map[string]int{}
		draws(p, n, g.W, g.H, augment.Strength{}, func(v *augment.Params) {
			b := v.Crop
			if b.X < 0 || b.Y < 0 || b.W < 1 || b.H < 1 || b.X+b.W > g.W || b.Y+b.H > g.H {
				t.Fatalf("box %v of a %dx%d image", b, g.W, g.H)
			}
			ours[fmt.Sprintf("%d,%d", b.W, b.H)]++
		})
		chi2, cells := 0.0, 0
		rest := [2]int{} // sizes too rare for their own cell
		for size, c := range g.Counts {
			if c < 20 {
				rest[0], rest[1] = rest[0]+c, rest[1]+ours[size]
			} else {
				d := float64(c - ours[size])
				chi2 += d * d / float64(c+ours[size])
				cells++
			}
			delete(ours, size)
		}
		for _, c := range ours {
			rest[1] += c
		}
		d := float64(rest[0] - rest[1])
		chi2 += d * d / math.Max(float64(rest[0]+rest[1]), 1)
		t.Logf("%dx%d: chi-squared %.0f with %d cells", g.W, g.H, chi2, cells)
		near(t, "chi-squared of crop sizes", chi2, float64(cells), math.Sqrt(2*float64(cells)))
	}
}

func TestCropPlacesAreUniform(t *testing.T) {
	var sum, n float64
	draws(augment.CIFAR(32), 50000, 32, 32, augment.Strength{}, func(v *augment.Params) {
		if free := 32 - v.Crop.W; free > 0 {
			sum += float64(v.Crop.X) / float64(free)
			n++
		}
		if free := 32 - v.Crop.H; free > 0 {
			sum += float64(v.Crop.Y) / float64(free)
			n++
		}
	})
	// The variance of a position is at most 1/4, if there are only two.
	near(t, "mean position", sum/n, 0.5, 0.5/math.Sqrt(n))
}

func TestBaseDraws(t *testing.T) {
	const n = 50000
	var flip, jitter, grey, blur int
	orders := map[[4]int]int{}
	var factors, hues, sigmas float64
	draws(augment.ImageNet(224), n, 500, 375, augment.Strength{}, func(v *augment.Params) {
		if v.Flip {
			flip++
		}
		if v.Grey {
			grey++
		}
		if v.Sigma > 0 {
			blur++
			sigmas += v.Sigma
			if v.Sigma < 0.1 || v.Sigma >= 2 {
				t.Fatalf("sigma %v", v.Sigma)
			}
		}
		j := v.Jitter
		if !j.On {
			return
		}
		jitter++
		orders[j.Order]++
		for _, f := range []float64{j.Brightness, j.Contrast, j.Saturation} {
			factors += f
			if f < 0.6 || f >= 1.4 {
				t.Fatalf("factor %v", f)
			}
		}
		hues += j.Hue
		if math.Abs(j.Hue) > 0.1 {
			t.Fatalf("hue %v", j.Hue)
		}
		if len(v.Steps) > 0 {
			t.Fatal("RandAugment without a Boost")
		}
	})
	share(t, "flips", flip, n, 0.5)
	share(t, "jitters", jitter, n, 0.8)
	share(t, "greys", grey, n, 0.2)
	share(t, "blurs", blur, n, 0.5)
	if len(orders) != 24 {
		t.Errorf("%d orders of the jitter, want 24", len(orders))
	}
	for o, c := range orders {
		share(t, fmt.Sprint("order ", o), c, jitter, 1./24)
	}
	k := float64(jitter)
	near(t, "mean factor", factors/(3*k), 1, 0.8/math.Sqrt(12*3*k))
	near(t, "mean hue", hues/k, 0, 0.2/math.Sqrt(12*k))
	near(t, "mean sigma", sigmas/float64(blur), 1.05, 1.9/math.Sqrt(12*float64(blur)))
}

func TestRandAugmentDraws(t *testing.T) {
	const n, w, k = 60000, 0.7, 2
	p := augment.CIFAR(32).With(augment.Boost{K: k, R: 30})
	var kinds [augment.NumOps]int
	negative, signed, total := 0, 0, 0
	var cx, cy float64
	draws(p, n, 32, 32, augment.Strength{Magnitude: 15, Prob: w}, func(v *augment.Params) {
		for _, s := range v.Steps {
			total++
			kinds[s.Op]++
			want := s.Op.Value(15)
			switch {
			case s.Op <= augment.OpRotate:
				signed++
				if s.Value < 0 {
					negative++
				}
				if math.Abs(s.Value) != want {
					t.Fatalf("%v: value %v, want +-%v", s.Op, s.Value, want)
				}
			case s.Value != want:
				t.Fatalf("%v: value %v, want %v", s.Op, s.Value, want)
			case s.Op == augment.OpCutout:
				cx, cy = cx+s.CX, cy+s.CY
			}
		}
	})
	share(t, "applied operations", total, n*k, w)
	share(t, "negative signs", negative, signed, 0.5)
	for op, c := range kinds {
		share(t, augment.Op(op).String(), c, total, 1./15)
	}
	cuts := float64(kinds[augment.OpCutout])
	near(t, "cutout centre", (cx+cy)/(2*cuts), 0.5, 1/math.Sqrt(12*2*cuts))
}
