package augment

import "testing"

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
					for _, w := range z.weight[o*z.width : (o+1)*z.width] {
						sum += w
					}
					if d := sum - 1<<precision; d < -int64(z.width) || d > int64(z.width) {
						t.Fatalf("filter %d, %d to %d: weights of %d sum to 1%+d/2^%d", f, in, out, o, d, precision)
					}
					if z.first[o] < 0 || z.first[o]+z.width > in {
						t.Fatalf("filter %d, %d to %d: output %d reads from %d, %d samples", f, in, out, o, z.first[o], z.width)
					}
					if o > 0 && z.first[o] < z.first[o-1] {
						t.Fatalf("filter %d, %d to %d: output %d reads from %d, the previous one from %d", f, in, out, o, z.first[o], z.first[o-1])
					}
				}
			}
		}
	}
}
