package umap

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Knn are the k nearest points of each of N points, nearest first, a point itself not among
// them.
type Knn struct {
	K        int
	Index    []int32   // N x K
	Distance []float32 // N x K
}

// Neighbours finds the k nearest of points, N x dim, by Euclidean distance, comparing all
// pairs on all processors. Of equal distances the lower index comes first.
func Neighbours(x []float32, dim, k int) (Knn, error) {
	if dim < 1 || len(x)%max(dim, 1) != 0 {
		return Knn{}, fmt.Errorf("%d values are not rows of %d", len(x), dim)
	}
	n := len(x) / dim
	if k < 1 || k >= n {
		return Knn{}, fmt.Errorf("%d neighbours of %d points, expected 1 to %d", k, n, n-1)
	}
	if slices.ContainsFunc(x, func(v float32) bool { return v-v != 0 }) {
		return Knn{}, fmt.Errorf("the points have NaN or infinite values")
	}
	out := Knn{K: k, Index: make([]int32, n*k), Distance: make([]float32, n*k)}
	var all sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), n)
	for w := range workers {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := w; i < n; i += workers {
				nearest(x, dim, i, out.Index[i*k:(i+1)*k], out.Distance[i*k:(i+1)*k])
			}
		}()
	}
	all.Wait()
	return out, nil
}

// nearest fills in the nearest points of one.
func nearest(x []float32, dim, i int, index []int32, distance []float32) {
	a := x[i*dim : (i+1)*dim]
	k, held := len(index), 0
	for j := range len(x) / dim {
		if j == i {
			continue
		}
		d := squared(a, x[j*dim:(j+1)*dim])
		if held == k && d >= distance[k-1] {
			continue
		}
		at := min(held, k-1)
		for ; at > 0 && distance[at-1] > d; at-- {
			index[at], distance[at] = index[at-1], distance[at-1]
		}
		index[at], distance[at] = int32(j), d
		held = min(held+1, k)
	}
	for m, d := range distance {
		distance[m] = float32(math.Sqrt(float64(d)))
	}
}

// squared is the squared distance of two points, in four sums that the processor overlaps.
func squared(a, b []float32) float32 {
	b = b[:len(a)]
	var s [4]float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		for l := range 4 {
			d := a[i+l] - b[i+l]
			s[l] += float32(d * d)
		}
	}
	for ; i < len(a); i++ {
		d := a[i] - b[i]
		s[0] += float32(d * d)
	}
	return s[0] + s[1] + s[2] + s[3]
}
