package augment

import (
	"testing"

	"github.com/bcl-go/bcl/bcl/augment/internal/lanes"
)

// TestTapsSumToOne: a constant image does not change, up to rounding, and no window
// leaves its input.
func TestTapsSumToOne(t *testing.T) {
	var z taps
	for _, f := range []Filter{Bicubic, Bilinear} {
		for in := 1; in < 70; in++ {
			for out := 1; out < 70; out++ {
				z.compute(in, out, f)
				for o := range out {
					sum := int64(0)
					for _, w := range z.Weight[o*z.Width : (o+1)*z.Width] {
						sum += w
					}
					if d := sum - 1<<lanes.Precision; d < -int64(z.Width) || d > int64(z.Width) {
						t.Fatalf("filter %d, %d to %d: weights of %d sum to 1%+d/2^%d", f, in, out, o, d, lanes.Precision)
					}
					if z.First[o] < 0 || z.First[o]+z.Width > in {
						t.Fatalf("filter %d, %d to %d: output %d reads from %d, %d samples", f, in, out, o, z.First[o], z.Width)
					}
					if o > 0 && z.First[o] < z.First[o-1] {
						t.Fatalf("filter %d, %d to %d: output %d reads from %d, the previous one from %d", f, in, out, o, z.First[o], z.First[o-1])
					}
				}
			}
		}
	}
}
