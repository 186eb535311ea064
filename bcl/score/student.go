package score

import "math"

// studentT is the probability that a variable of Student's t distribution is at most t, by
// the regularised incomplete beta function (Abramowitz and Stegun 1964, 26.7.1 and 26.5.27).
func studentT(t float64, df int) float64 {
	tail := incompleteBeta(float64(df)/(float64(df)+t*t), float64(df)/2, 0.5) / 2
	if t > 0 {
		return 1 - tail
	}
	return tail
}

// twoSided is the p-value of t on both sides.
func twoSided(t float64, df int) float64 {
	if math.IsInf(t, 0) {
		return 0
	}
	return incompleteBeta(float64(df)/(float64(df)+t*t), float64(df)/2, 0.5)
}

// studentQuantile is the t that a variable exceeds with probability 1-p, p above 1/2.
func studentQuantile(p float64, df int) float64 {
	hi := 1.0
	for studentT(hi, df) < p {
		hi *= 2
	}
	lo := 0.0
	for range 200 {
		if m := (lo + hi) / 2; studentT(m, df) < p {
			lo = m
		} else {
			hi = m
		}
	}
	return hi
}

// incompleteBeta is I_x(a, b), by its continued fraction (Abramowitz and Stegun 1964,
// 26.5.8, and 26.5.2 where it converges slowly), evaluated by Lentz's method.
func incompleteBeta(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - incompleteBeta(1-x, b, a)
	}
	lg := func(v float64) float64 { l, _ := math.Lgamma(v); return l }
	front := math.Exp(lg(a+b) - lg(a) - lg(b) + a*math.Log(x) + b*math.Log1p(-x))
	const tiny = 1e-300
	nonzero := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/nonzero(1-(a+b)*x/(a+1))
	f := d
	for m := 1.0; m < 10_000; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d, c = 1/nonzero(1+even*d), nonzero(1+even/c)
		f *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d, c = 1/nonzero(1+odd*d), nonzero(1+odd/c)
		f *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return front * f / a
}
