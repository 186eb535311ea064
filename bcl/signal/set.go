package signal

import (
	"math"
	"slices"
)

// Neighbours is the number of neighbours of [Neighbour] and [Purity].
const Neighbours = 10

// Set is a whole set of N samples as a trained network sees them, each in one plain view: the
// features of its backbone and its projections (N x D). Rows need not be normalised. Package
// eval computes its signals in libtorch; these formulas are its reference.
type Set struct {
	Features    [][]float64
	Projections [][]float64
	Pruned      [][]float64 // projections of the pruned branch; nil without one
	Labels      []int       // nil without
}

// others returns, for each row of x, the cosines with all others, and which they are, the
// largest first. Equal ones come in the order of the rows.
func others(x [][]float64) (cosines [][]float64, rows [][]int) {
	unit := make([][]float64, len(x))
	for i, v := range x {
		unit[i] = normalized(v)
	}
	for i := range unit {
		var order []int
		all := make([]float64, len(unit))
		for k := range unit {
			if k != i {
				order, all[k] = append(order, k), dot(unit[i], unit[k])
			}
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case all[a] > all[b]:
				return -1
			case all[a] < all[b]:
				return 1
			}
			return 0
		})
		c := make([]float64, len(order))
		for k, o := range order {
			c[k] = all[o]
		}
		cosines, rows = append(cosines, c), append(rows, order)
	}
	return cosines, rows
}

// nearest is the largest cosine of a projection with that of another sample.
func (s Set) nearest() []float64 {
	cosines, _ := others(s.Projections)
	return each(cosines, func(c []float64) float64 { return c[0] })
}

// mean is the mean cosine of a projection with those of all other samples.
func (s Set) mean() []float64 {
	cosines, _ := others(s.Projections)
	return each(cosines, func(c []float64) float64 { return sum(c) / float64(len(c)) })
}

// neighbour is the cosine of features with those of the 10th nearest other sample, or of the
// last of fewer.
func (s Set) neighbour() []float64 {
	cosines, _ := others(s.Features)
	return each(cosines, func(c []float64) float64 { return c[min(Neighbours, len(c))-1] })
}

// purity is the share of the 10 nearest other samples, by the cosine of features, that are of
// the sample's class.
func (s Set) purity() []float64 {
	_, rows := others(s.Features)
	out := make([]float64, len(rows))
	for i, near := range rows {
		near = near[:min(Neighbours, len(near))]
		for _, k := range near {
			if s.Labels[k] == s.Labels[i] {
				out[i] += 1 / float64(len(near))
			}
		}
	}
	return out
}

// disagreement is 1 - cosine of the projections of the full and the pruned branch.
func (s Set) disagreement() []float64 {
	out := make([]float64, len(s.Projections))
	for i, z := range s.Projections {
		out[i] = 1 - dot(normalized(z), normalized(s.Pruned[i]))
	}
	return out
}

func each(rows [][]float64, f func([]float64) float64) []float64 {
	out := make([]float64, len(rows))
	for i, r := range rows {
		out[i] = math.NaN()
		if len(r) > 0 {
			out[i] = f(r)
		}
	}
	return out
}
