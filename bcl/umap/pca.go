package umap

import (
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/rng"
)

// PCA returns the first two principal components of points, N x dim, as N x 2, and the share
// of the variance that each has.
func PCA(x []float32, dim int) (y []float32, share [2]float64, err error) {
	if dim < 1 || len(x) == 0 || len(x)%dim != 0 {
		return nil, share, fmt.Errorf("%d values are not rows of %d", len(x), dim)
	}
	n := len(x) / dim
	mean := make([]float64, dim)
	for i, v := range x {
		mean[i%dim] += float64(v) / float64(n)
	}
	centred, total := make([]float64, len(x)), 0.0
	for i, v := range x {
		centred[i] = float64(v) - mean[i%dim]
		total += centred[i] * centred[i]
	}
	if math.IsNaN(total) || math.IsInf(total, 0) {
		return nil, share, fmt.Errorf("the points have NaN or infinite values")
	}
	y = make([]float32, 2*n)
	var found [2][]float64
	for c := range found {
		v := component(centred, dim, found[:c])
		for i := range n {
			p := dot(centred[i*dim:(i+1)*dim], v)
			y[2*i+c] = float32(p)
			if total > 0 {
				share[c] += p * p / total
			}
		}
		found[c] = v
	}
	return y, share, nil
}

// component finds the direction of the largest variance orthogonal to those before by power
// iteration on X^T X. Its largest coordinate is positive.
func component(x []float64, dim int, before [][]float64) []float64 {
	s := rng.New(0, rng.Map, 0, uint32(len(before)), 1)
	v, next := make([]float64, dim), make([]float64, dim)
	for i := range v {
		v[i] = s.Float64() - 0.5
	}
	for range 300 {
		orthogonal(v, before)
		if scaleTo1(v) == 0 {
			return v // nothing is left
		}
		clear(next)
		for i := 0; i < len(x); i += dim {
			row := x[i : i+dim]
			p := dot(row, v)
			for d, r := range row {
				next[d] += p * r
			}
		}
		orthogonal(next, before)
		if scaleTo1(next) == 0 {
			clear(v)
			return v
		}
		change := 0.0
		for d := range v {
			change += (next[d] - v[d]) * (next[d] - v[d])
		}
		copy(v, next)
		if change < 1e-14 {
			break
		}
	}
	top := 0
	for d := range v {
		if math.Abs(v[d]) > math.Abs(v[top]) {
			top = d
		}
	}
	if v[top] < 0 {
		for d := range v {
			v[d] = -v[d]
		}
	}
	return v
}

func orthogonal(v []float64, to [][]float64) {
	for _, u := range to {
		p := dot(v, u)
		for d := range v {
			v[d] -= p * u[d]
		}
	}
}

// scaleTo1 scales v to length 1, and returns what its length was.
func scaleTo1(v []float64) float64 {
	length := math.Sqrt(dot(v, v))
	if length < 1e-12 {
		return 0
	}
	for d := range v {
		v[d] /= length
	}
	return length
}

func dot(a, b []float64) (s float64) {
	b = b[:len(a)]
	for i, v := range a {
		s += v * b[i]
	}
	return s
}
