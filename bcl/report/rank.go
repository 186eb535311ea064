package report

import (
	"errors"
	"math"
)

// effectiveRank returns the effective rank of points, N x width, about their mean: the
// exponential of the entropy of the shares of their singular values (Roy and Vetterli 2007;
// the RankMe of Garrido et al., ICML 2023, arXiv 2210.02885). At most 512 points are taken.
func effectiveRank(x []float32, width int) (float64, error) {
	n := min(len(x)/width, rankSamples)
	mean := make([]float64, width)
	for i := range n * width {
		mean[i%width] += float64(x[i]) / float64(n)
	}
	centred := make([]float64, n*width)
	for i := range centred {
		centred[i] = float64(x[i]) - mean[i%width]
	}
	// The Gram matrix and the covariance have the same eigenvalues, the squares of the
	// singular values: take the smaller.
	values, err := eigenvalues(products(centred, n, width))
	if err != nil {
		return 0, err
	}
	total := 0.0
	for i, v := range values {
		values[i] = math.Sqrt(max(0, v))
		total += values[i]
	}
	if total < 1e-9 {
		return 1, nil // all points at one place
	}
	entropy := 0.0
	for _, v := range values {
		if p := v / total; p > 1e-12 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy), nil
}

// products returns X X^T or X^T X, whichever is smaller, as rows.
func products(x []float64, n, width int) [][]float64 {
	k := min(n, width)
	m := make([][]float64, k)
	for i := range m {
		m[i] = make([]float64, k)
	}
	if n <= width {
		for i := range n {
			for j := range i + 1 {
				s := 0.0
				a, b := x[i*width:(i+1)*width], x[j*width:(j+1)*width]
				for d, v := range a {
					s += v * b[d]
				}
				m[i][j], m[j][i] = s, s
			}
		}
		return m
	}
	for r := range n {
		row := x[r*width : (r+1)*width]
		for i, v := range row {
			to := m[i]
			for j, w := range row {
				to[j] += v * w
			}
		}
	}
	return m
}

// eigenvalues returns those of a symmetric matrix, which it changes, in no order: Householder
// reflections make it tridiagonal, and implicit QL steps with Wilkinson's shift diagonal
// (Golub and Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3).
func eigenvalues(a [][]float64) ([]float64, error) {
	d, e := tridiagonal(a)
	n := len(d)
	for l := range n {
		for sweep := 0; ; sweep++ {
			m := l // the first from l whose off-diagonal vanishes
			for ; m < n-1; m++ {
				if s := math.Abs(d[m]) + math.Abs(d[m+1]); math.Abs(e[m]) <= 1e-15*s {
					break
				}
			}
			if m == l {
				break
			}
			if sweep == 60 {
				return nil, errors.New("the eigenvalues of the features do not converge: are there NaN?")
			}
			g := (d[l+1] - d[l]) / (2 * e[l])
			r := math.Hypot(g, 1)
			g = d[m] - d[l] + e[l]/(g+math.Copysign(r, g))
			sin, cos, p := 1.0, 1.0, 0.0
			i := m - 1
			for ; i >= l; i-- {
				f, b := sin*e[i], cos*e[i]
				r = math.Hypot(f, g)
				e[i+1] = r
				if r == 0 {
					d[i+1] -= p
					break
				}
				sin, cos = f/r, g/r
				g = d[i+1] - p
				r = (d[i]-g)*sin + 2*cos*b
				p = sin * r
				d[i+1] = g + p
				g = cos*r - b
			}
			if r == 0 && i >= l {
				e[m] = 0
				continue
			}
			d[l] -= p
			e[l], e[m] = g, 0
		}
	}
	return d, nil
}

// tridiagonal reduces a symmetric matrix to its diagonal and what is beside it: e[i] joins i
// and i+1, and e has one more element of 0.
func tridiagonal(a [][]float64) (d, e []float64) {
	n := len(a)
	d, e = make([]float64, n), make([]float64, n)
	v, p := make([]float64, n), make([]float64, n)
	for k := range n - 2 {
		// A reflection of column k below its diagonal onto its first coordinate.
		norm := 0.0
		for i := k + 1; i < n; i++ {
			v[i] = a[i][k]
			norm += v[i] * v[i]
		}
		norm = math.Sqrt(norm)
		d[k] = a[k][k]
		if norm == 0 {
			continue
		}
		e[k] = -math.Copysign(norm, v[k+1])
		v[k+1] -= e[k]
		length := 0.0
		for _, x := range v[k+1:] {
			length += x * x
		}
		// A := H A H with H = 1 - 2 v v^T / |v|^2, by the rank-two update of section 8.3.1.
		half := 0.0
		for i := k + 1; i < n; i++ {
			s := 0.0
			row := a[i]
			for j := k + 1; j < n; j++ {
				s += row[j] * v[j]
			}
			p[i] = 2 * s / length
			half += p[i] * v[i]
		}
		half /= length
		for i := k + 1; i < n; i++ {
			p[i] -= half * v[i]
		}
		for i := k + 1; i < n; i++ {
			row := a[i]
			for j := k + 1; j < n; j++ {
				row[j] -= v[i]*p[j] + p[i]*v[j]
			}
		}
	}
	if n >= 2 {
		d[n-2], e[n-2] = a[n-2][n-2], a[n-1][n-2]
	}
	if n >= 1 {
		d[n-1] = a[n-1][n-1]
	}
	return d, e
}
