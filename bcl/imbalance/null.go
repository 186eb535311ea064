package imbalance

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"github.com/bcl-go/bcl/bcl/rng"
)

// gaussian returns as many samples of the Gaussian with the mean and covariance of x's rows:
// mean + E X / sqrt(N) with X the rows less their mean and E of independent standard normals,
// N x N.
func gaussian(x []float32, width int, seed uint64) []float32 {
	n := len(x) / width
	mean := make([]float64, width)
	for i, v := range x {
		mean[i%width] += float64(v) / float64(n)
	}
	centred := blas32.General{Rows: n, Cols: width, Stride: width, Data: make([]float32, len(x))}
	out := blas32.General{Rows: n, Cols: width, Stride: width, Data: make([]float32, len(x))}
	for i, v := range x {
		centred.Data[i] = float32(float64(v) - mean[i%width])
		out.Data[i] = float32(mean[i%width])
	}
	e := blas32.General{Rows: n, Cols: n, Stride: n, Data: make([]float32, n*n)}
	s := rng.New(seed, rng.Cluster, 0, 0, 1)
	for i := range e.Data { // Box and Muller
		e.Data[i] = float32(math.Sqrt(-2*math.Log(1-s.Float64())) * math.Cos(2*math.Pi*s.Float64()))
	}
	blas32.Gemm(blas.NoTrans, blas.NoTrans, float32(1/math.Sqrt(float64(n))), e, centred, 1, out)
	return out.Data
}

// unit scales each row to length 1.
func unit(x []float32, width int) []float32 {
	out := make([]float32, len(x))
	row := make([]float64, width)
	for i := 0; i < len(x); i += width {
		for d, v := range x[i : i+width] {
			row[d] = float64(v)
		}
		scale(out[i:i+width], row)
	}
	return out
}

// scale sets dst to v, scaled to length 1.
func scale(dst []float32, v []float64) {
	l := max(length(v), 1e-12)
	for d := range dst {
		dst[d] = float32(v[d] / l)
	}
}

func length(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x * x
	}
	return math.Sqrt(s)
}

// spread measures how the rows lie among each other, and lists the nearest of each.
func spread(m matrix) (s Spread, near []int32) {
	cosines := m.cosines(m)
	tenth, density := make([]float64, m.n), make([]float64, m.n)
	among := make([]float64, m.n)
	order := make([]int32, 0, m.n)
	for i := range m.n {
		row := cosines[i*m.n : (i+1)*m.n]
		order = order[:0]
		for j, v := range row {
			if j != i {
				order = append(order, int32(j))
				density[i] += math.Exp((float64(v)-1)/temperature) / float64(m.n-1)
			}
		}
		density[i] = math.Log(density[i])
		slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(row[b], row[a]), cmp.Compare(a, b)) })
		tenth[i] = float64(row[order[neighbours-1]])
		for _, j := range order[:neighbours] {
			among[j]++
		}
		near = append(near, order[:neighbours]...)
	}
	_, s.Density, _ = moments(density)
	_, _, s.Hubness = moments(among)
	slices.Sort(tenth)
	for i, p := range []float64{0.1, 0.5, 0.9} {
		s.Tenth[i] = tenth[int(p*float64(m.n-1)+0.5)]
	}
	return s, near
}

// moments are mean, standard deviation (divided by the number) and skewness, 0 of equal values.
func moments(x []float64) (mean, deviation, skewness float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	third := 0.0
	for _, v := range x {
		d := v - mean
		deviation += d * d / n
		third += d * d * d / n
	}
	deviation = math.Sqrt(deviation)
	if deviation > 0 {
		skewness = third / (deviation * deviation * deviation)
	}
	return mean, deviation, skewness
}
