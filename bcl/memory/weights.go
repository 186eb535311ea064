package memory

import (
	"cmp"
	"math"
	"slices"
)

// Weighting names how momentum losses become weights.
type Weighting string

// The weightings. Both have the mean 1/2 by construction.
const (
	Standardized Weighting = "published" // by the distance from the mean, see [Weights]
	Ranked       Weighting = "rank"      // by the rank, see [Ranks]
)

var weightings = []struct {
	name Weighting
	of   func(values []float32) []float64
}{
	{Standardized, Weights},
	{Ranked, Ranks},
}

// Weightings lists their names.
func Weightings() (names []string) {
	for _, w := range weightings {
		names = append(names, string(w.name))
	}
	return names
}

// of returns the weights of momentum losses; w is one of the above.
func (w Weighting) of(values []float32) []float64 {
	for _, x := range weightings {
		if x.name == w {
			return x.of(values)
		}
	}
	panic("memory: no weighting " + string(w))
}

// Weights returns the published weights of momentum losses: with z the losses standardised
// over all samples (unbiased deviation), w_i = z_i/(2 max|z|) + 1/2 (section 3.2, equation 3).
// If all losses are equal every weight is 1/2. One outlier draws all other weights to 1/2.
func Weights(loss []float32) []float64 {
	var mean float64
	for _, l := range loss {
		mean += float64(l)
	}
	mean /= float64(len(loss))
	var most float64
	for _, l := range loss {
		most = max(most, math.Abs(float64(l)-mean))
	}
	// The standard deviation divides both z_i and max|z|, so it cancels.
	w := make([]float64, len(loss))
	for i, l := range loss {
		w[i] = 0.5
		if most > 0 {
			w[i] += 0.5 * (float64(l) - mean) / most
		}
	}
	return w
}

// Ranks returns weights by rank: 0 for the smallest value, 1 for the largest, evenly between;
// equal values share the mean of their ranks. The deviation is that of a uniform distribution,
// 0.29, whatever the values.
func Ranks(values []float32) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	w := make([]float64, len(values))
	for lo := 0; lo < len(order); {
		hi := lo + 1
		for hi < len(order) && values[order[hi]] == values[order[lo]] {
			hi++
		}
		for _, i := range order[lo:hi] {
			w[i] = float64(lo+hi-1) / 2 / float64(max(1, len(order)-1))
		}
		lo = hi
	}
	return w
}
