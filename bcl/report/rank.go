package report

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// effectiveRank returns the effective rank of points, N x width, about their mean: the
// exponential of the entropy of the shares of their singular values (Roy and Vetterli 2007;
// the RankMe of Garrido et al., ICML 2023, arXiv 2210.02885). At most 512 points are taken.
// NaN and infinite values are an error.
func effectiveRank(x []float32, width int) (float64, error) {
	n := min(len(x)/width, rankSamples)
	mean, most, largest := make([]float64, width), 0.0, 0.0
	for i, v := range x[:n*width] {
		mean[i%width] += float64(v) / float64(n)
		most = max(most, math.Abs(float64(v)))
	}
	centred := make([]float64, n*width)
	for i := range centred {
		centred[i] = float64(x[i]) - mean[i%width]
		if v := math.Abs(centred[i]); !(v <= math.MaxFloat32) {
			return math.NaN(), errors.New("there are NaN or infinite values")
		} else if v > largest {
			largest = v
		}
	}
	if largest <= 1e-12*most {
		return 1, nil // all points at one place: what is left is rounding
	}
	for i := range centred {
		centred[i] /= largest // so that no square is lost or overflows
	}
	// The Gram matrix and the covariance have the same eigenvalues, the squares of the
	// singular values: take the smaller.
	values, err := eigenvalues(mat.NewDense(n, width, centred))
	if err != nil {
		return math.NaN(), err
	}
	total := 0.0
	for i, v := range values {
		values[i] = math.Sqrt(max(0, v))
		total += values[i]
	}
	entropy := 0.0
	for _, v := range values {
		if p := v / total; p > 1e-12 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy), nil
}

// eigenvalues returns those of X X^T or X^T X, whichever is smaller, in ascending order.
func eigenvalues(x *mat.Dense) ([]float64, error) {
	var product mat.SymDense
	var of mat.Matrix = x
	if n, width := x.Dims(); n > width {
		of = x.T()
	}
	product.SymOuterK(1, of)
	var e mat.EigenSym
	if !e.Factorize(&product, false) {
		return nil, errors.New("their eigenvalues do not converge")
	}
	return e.Values(nil), nil
}
