package augment_test

import (
	"math"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
)

func TestStrength(t *testing.T) {
	one := augment.Boost{K: 1, R: 30}
	two := augment.Boost{K: 2, R: 30}
	weak := augment.Boost{K: 2, R: 20}
	lt := augment.Boost{K: 2, R: 30, NoFloor: true}
	for _, c := range []struct {
		b    augment.Boost
		w, u float64
		want float64
	}{
		{one, 0, 0.3, 10}, {one, 0.5, 0.3, 20}, {one, 1, 0.3, 30},
		{two, 0, 0.9, 5}, {two, 1, 0, 5}, {two, 0.5, 0.5, 11.25}, {two, 1, 1, 30},
		{weak, 1, 1, 20}, {weak, 0.5, 1, 12.5},
		{lt, 0, 1, 0}, {lt, 0.5, 0.5, 7.5}, {lt, 1, 1, 30},
	} {
		got := c.b.At(c.w, c.u)
		if got.Magnitude != c.want || got.Prob != c.w {
			t.Errorf("%+v at w=%v u=%v: %+v, want magnitude %v", c.b, c.w, c.u, got, c.want)
		}
	}
}

// TestStrengthDraw checks that u is uniform and fresh for each sample and epoch.
func TestStrengthDraw(t *testing.T) {
	b := augment.Boost{K: 2, R: 30, NoFloor: true}
	const n = 20000
	seen := map[float64]bool{}
	sum, squares := 0.0, 0.0
	for i := range uint32(n) {
		u := b.Strength(1, 10, i/1000, i%1000, 0).Magnitude / 30
		seen[u] = true
		sum, squares = sum+u, squares+u*u
	}
	if len(seen) < n-1 {
		t.Errorf("%d different draws of %d", len(seen), n)
	}
	near(t, "mean of u", sum/n, 0.5, 1/math.Sqrt(12*n))
	near(t, "mean of u^2", squares/n, 1./3, math.Sqrt(4./45/n))
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		op          augment.Op
		low, middle float64
		high        float64
	}{
		{augment.OpShearX, 0, 0.3, 0.6},
		{augment.OpTranslateY, 0, 0.33, 0.66},
		{augment.OpRotate, 0, 30, 60},
		{augment.OpSolarize, 0, 55, 110},
		{augment.OpPosterize, 4, 6, 8},
		{augment.OpColor, 0.1, 1, 1.9},
		{augment.OpCutout, 0, 0.2, 0.4},
	} {
		for m, want := range map[float64]float64{0: c.low, 15: c.middle, 30: c.high} {
			if got := c.op.Value(m); math.Abs(got-want) > 1e-12 {
				t.Errorf("%v at magnitude %v: %v, want %v", c.op, m, got, want)
			}
		}
	}
	if s := augment.OpCutout.String() + augment.Op(200).String(); s != "CutoutOp(?)" {
		t.Error(s)
	}
}
