package harmony

import (
	"math"
	"math/rand/v2"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Simplex returns k unit vectors of d numbers, k <= d+1, row by row, that are equally far
// apart: each pair has the cosine -1/(k-1), the minimum for k vectors (a simplex
// equiangular tight frame; Papyan, Han, Donoho 2020, arXiv 2008.08186). Their rotation is
// drawn from the seed.
//
// The authors' gen_target.py has sqrt(k/(k-1)) (I - 11'/k) U, with k orthonormal rows U
// from the polar decomposition of normal numbers. Here it is sqrt(k/(k-1)) H V, where the
// columns of H are an orthonormal basis of the vectors with sum 0, so that HH' = I -
// 11'/k, and V has k-1 orthonormal rows. Both have the same distribution, but V exists
// for k = d+1 too, where the authors' U has rows that are not orthonormal and the result
// is not a simplex.
func Simplex(k, d int, seed uint64) []float64 {
	v := orthonormal(k-1, d, seed)
	scale := math.Sqrt(float64(k) / float64(k-1))
	out := make([]float64, k*d)
	for row := range k {
		for j, basis := range v {
			axpy(scale*helmert(row, j), basis, out[row*d:(row+1)*d])
		}
	}
	return out
}

// helmert is H in row i and column j: column j has j+1 equal numbers and then
// one that makes its sum 0.
func helmert(i, j int) float64 {
	n := float64(j + 1)
	switch {
	case i <= j:
		return 1 / math.Sqrt(n*(n+1))
	case i == j+1:
		return -n / math.Sqrt(n*(n+1))
	}
	return 0
}

// orthonormal draws n orthonormal vectors of d numbers, uniformly: normal numbers,
// orthogonalised one by one (Gram-Schmidt, twice, which is enough for float64).
func orthonormal(n, d int, seed uint64) [][]float64 {
	stream := rng.New(seed, rng.Simplex, 0, 0, 0)
	normal := rand.New(&stream)
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, d)
		for k := range rows[i] {
			rows[i][k] = normal.NormFloat64()
		}
		for range 2 {
			for _, before := range rows[:i] {
				axpy(-dot(before, rows[i]), before, rows[i])
			}
		}
		length := math.Sqrt(dot(rows[i], rows[i]))
		for k := range rows[i] {
			rows[i][k] /= length
		}
	}
	return rows
}

// axpy adds a x to y. Conversions forbid fused multiply-adds, which round differently.
func axpy(a float64, x, y []float64) {
	for k := range x {
		y[k] += float64(a * x[k])
	}
}

func dot(x, y []float64) (sum float64) {
	for k := range x {
		sum += float64(x[k] * y[k])
	}
	return sum
}
