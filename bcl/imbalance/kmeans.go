package imbalance

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/bcl-go/bcl/bcl/rng"
)

// matrix is rows of length 1.
type matrix struct {
	x     []float32
	n     int
	width int
}

func (m matrix) general() blas32.General {
	return blas32.General{Rows: m.n, Cols: m.width, Stride: m.width, Data: m.x}
}

func (m matrix) row(i int) []float32 { return m.x[i*m.width : (i+1)*m.width] }

// cosines are those of the rows of m with those of o, m.n x o.n.
func (m matrix) cosines(o matrix) []float32 {
	out := blas32.General{Rows: m.n, Cols: o.n, Stride: o.n, Data: make([]float32, m.n*o.n)}
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, m.general(), o.general(), 0, out)
	return out.Data
}

// rounds of k-means at most.
const rounds = 25

// kmeans is spherical k-means (Dhillon and Modha 2001) from centres drawn as k-means++ draws
// them (Arthur and Vassilvitskii 2007, also the greedy variant), with 1 - cosine for the squared distance. It returns the
// cluster of each row and the sum of 1 - cosine with its centre.
func kmeans(m matrix, k int, seed uint64, run int) (of []int, dispersion float64) {
	centres := spreadOut(m, k, rng.New(seed, rng.Cluster, uint32(k), uint32(run), 0))
	of = make([]int, m.n)
	for range rounds {
		cosines, moved := m.cosines(centres), false
		dispersion = 0
		for i := range of {
			row := cosines[i*k : (i+1)*k]
			best := 0
			for c, v := range row {
				if v > row[best] {
					best = c
				}
			}
			moved = moved || best != of[i]
			of[i] = best
			dispersion += 1 - float64(row[best])
		}
		if !moved {
			break
		}
		sums := make([]float64, k*m.width)
		for i, c := range of {
			to := sums[c*m.width : (c+1)*m.width]
			for d, v := range m.row(i) {
				to[d] += float64(v)
			}
		}
		for c := range k {
			if sum := sums[c*m.width : (c+1)*m.width]; length(sum) > 1e-12 { // an empty one stays
				scale(centres.row(c), sum)
			}
		}
	}
	return of, dispersion
}

// spreadOut returns k rows, each drawn in proportion to 1 - cosine with the nearest before it:
// of a few such draws, that which leaves the least of it.
func spreadOut(m matrix, k int, s rng.Stream) matrix {
	centres := matrix{nil, 0, m.width}
	far := slices.Repeat([]float64{1}, m.n)
	tries := matrix{make([]float32, 0, m.width), 2 + int(math.Log(float64(k))), m.width}
	for range k {
		tries.x = tries.x[:0]
		for range tries.n {
			tries.x = append(tries.x, m.row(draw(far, &s))...)
		}
		cosines := m.cosines(tries)
		best, least := 0, math.Inf(1)
		left := func(i, try int) float64 { return min(far[i], max(0, 1-float64(cosines[i*tries.n+try]))) }
		for try := range tries.n {
			sum := 0.0
			for i := range far {
				sum += left(i, try)
			}
			if sum < least {
				best, least = try, sum
			}
		}
		for i := range far {
			far[i] = left(i, best)
		}
		centres.x = append(centres.x, tries.row(best)...)
		centres.n++
	}
	return centres
}

// draw returns a place, in proportion to its value.
func draw(of []float64, s *rng.Stream) int {
	total := 0.0
	for _, v := range of {
		total += v
	}
	u := s.Float64() * total
	for i, v := range of {
		if u -= v; u < 0 {
			return i
		}
	}
	return len(of) - 1
}
