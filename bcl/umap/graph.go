package umap

import (
	"cmp"
	"math"
	"slices"
)

// edge is a pair of points that attract each other.
type edge struct {
	a, b   int32
	weight float64 // 0 to 1
}

// graph returns the fuzzy simplicial set of section 3.1: point i is joined to its neighbours
// with exp(-(d-rho_i)/sigma_i), where rho_i is the distance of the nearest and sigma_i makes
// the sum log2(K) (algorithm 3); w and w' of the two directions make w + w' - w w'.
func graph(k Knn) []edge {
	n := len(k.Index) / k.K
	mean := 0.0
	for _, d := range k.Distance {
		mean += float64(d) / float64(len(k.Distance))
	}
	type pair struct{ lo, hi int32 }
	type directed struct {
		pair
		weight float64
	}
	all := make([]directed, 0, n*k.K)
	for i := range n {
		d := k.Distance[i*k.K : (i+1)*k.K]
		rho, sigma := smooth(d, mean)
		for m, j := range k.Index[i*k.K : (i+1)*k.K] {
			w := math.Exp(-max(0, float64(d[m])-rho) / sigma)
			all = append(all, directed{pair{min(int32(i), j), max(int32(i), j)}, w})
		}
	}
	slices.SortStableFunc(all, func(x, y directed) int {
		return cmp.Or(cmp.Compare(x.lo, y.lo), cmp.Compare(x.hi, y.hi))
	})
	var edges []edge
	for i := 0; i < len(all); i++ {
		w := all[i].weight
		if i+1 < len(all) && all[i+1].pair == all[i].pair {
			w = w + all[i+1].weight - w*all[i+1].weight
			i++
		}
		edges = append(edges, edge{all[i].lo, all[i].hi, w})
	}
	return edges
}

// smooth returns rho and sigma of the distances of a point's neighbours; mean is the mean of
// all distances.
func smooth(d []float32, mean float64) (rho, sigma float64) {
	own := 0.0
	for _, v := range d {
		if rho == 0 {
			rho = float64(v) // of the nearest that is elsewhere
		}
		own += float64(v) / float64(len(d))
	}
	target := math.Log2(float64(len(d) + 1)) // K counts the point itself there
	lo, hi := 0.0, math.Inf(1)
	sigma = 1
	for range 64 {
		sum := 0.0
		for _, v := range d {
			sum += math.Exp(-max(0, float64(v)-rho) / sigma)
		}
		switch {
		case math.Abs(sum-target) < 1e-5:
			return rho, max(sigma, least(rho, own, mean))
		case sum > target:
			hi = sigma
			sigma = (lo + hi) / 2
		default:
			lo = sigma
			if math.IsInf(hi, 1) {
				sigma *= 2
			} else {
				sigma = (lo + hi) / 2
			}
		}
	}
	return rho, max(sigma, least(rho, own, mean))
}

// least bounds sigma, so that points at one place do not make it 0.
func least(rho, own, mean float64) float64 {
	if rho > 0 {
		return max(1e-3*own, 1e-12)
	}
	return max(1e-3*mean, 1e-12)
}
