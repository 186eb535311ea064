package eval

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/torch"
)

// Detector scores how unlike the vectors of a bank others are; more is stranger.
type Detector interface {
	// Fit takes the bank, N x D of float32, which must stay in scope.
	Fit(bank torch.Tensor) error
	// Score returns a score for each row of x, M x D; the cause of ctx once it is done.
	Score(ctx context.Context, x torch.Tensor) ([]float64, error)
}

// NearestDetector scores by the mean cosine distance to the K nearest vectors of the bank
// (Sun et al., ICML 2022, arXiv 2204.06507, with the mean for the k-th distance).
type NearestDetector struct {
	K     int
	known torch.Tensor // D x N, of length 1
}

// Fit implements [Detector].
func (d *NearestDetector) Fit(bank torch.Tensor) error {
	if n := bank.Size(0); d.K < 1 || int64(d.K) > n {
		return fmt.Errorf("%d neighbours of %d vectors: expected 1 to all", d.K, n)
	}
	d.known = bank.Normalize(1, 1e-12).T()
	return nil
}

// Score implements [Detector].
func (d *NearestDetector) Score(ctx context.Context, x torch.Tensor) (scores []float64, err error) {
	return byRows(ctx, x, func(part torch.Tensor) torch.Tensor {
		near, _ := part.Normalize(1, 1e-12).Mm(d.known).TopK(int64(d.K), 1, true)
		return near.MeanDim([]int64{1}, false).MulScalar(-1).AddScalar(1)
	})
}

// MahalanobisDetector scores by the Mahalanobis distance to the mean of the bank (Lee et al.,
// NeurIPS 2018, arXiv 1807.03888, section 2.1, with one class). Shrinkage of the mean
// variance is added to the covariance: there may be fewer vectors than dimensions.
type MahalanobisDetector struct {
	Shrinkage float64
	mean      torch.Tensor // 1 x D, float64
	factor    torch.Tensor // lower triangular, factor factor' = covariance
}

// Fit implements [Detector].
func (d *MahalanobisDetector) Fit(bank torch.Tensor) error {
	if n := bank.Size(0); n < 2 || !(d.Shrinkage > 0) {
		return fmt.Errorf("%d vectors, shrinkage %v: expected at least 2, and above 0", n, d.Shrinkage)
	}
	x := bank.To(torch.Float64)
	d.mean = x.MeanDim([]int64{0}, true)
	x = x.Sub(d.mean)
	covariance := x.T().Mm(x).DivScalar(float64(bank.Size(0) - 1))
	scale := torch.Item[float64](covariance.Diagonal(0).Mean())
	if scale == 0 {
		return fmt.Errorf("all vectors are the same")
	}
	width := bank.Size(1)
	covariance = covariance.Add(torch.Eye(width, torch.On(torch.Float64, bank.Device())).MulScalar(d.Shrinkage * scale))
	d.factor = torch.Call("linalg_cholesky", covariance, false)[0]
	return nil
}

// Score implements [Detector].
func (d *MahalanobisDetector) Score(ctx context.Context, x torch.Tensor) (scores []float64, err error) {
	return byRows(ctx, x, func(part torch.Tensor) torch.Tensor {
		y := torch.Call("linalg_solve_triangular", d.factor, part.To(torch.Float64).Sub(d.mean).T(), false, true, false)[0]
		return y.Square().SumDim([]int64{0}, false).Sqrt()
	})
}

// byRows scores some rows at a time.
func byRows(ctx context.Context, x torch.Tensor, score func(part torch.Tensor) torch.Tensor) (out []float64, err error) {
	const rows = 1024
	n := x.Size(0)
	for lo := int64(0); lo < n; lo += rows {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		err := torch.Do(func() error {
			out = append(out, torch.Slice[float64](score(x.Narrow(0, lo, min(rows, n-lo))).To(torch.Float64))...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AlarmThreshold returns the score above which at most a share of normal samples lie, from
// the scores of normal samples that the bank does not have: their
// ceil((n+1)(1-rate))-th smallest, which holds for new samples too (split conformal
// prediction; Angelopoulos and Bates 2021, arXiv 2107.07511, section 1). Too few of them for
// the rate are an error.
func AlarmThreshold(normal []float64, rate float64) (float64, error) {
	if !(rate > 0 && rate < 1) {
		return 0, fmt.Errorf("a false-alarm rate of %v, expected above 0 and below 1", rate)
	}
	at := int(math.Ceil(float64(len(normal)+1) * (1 - rate)))
	if at > len(normal) {
		return 0, fmt.Errorf("%d normal samples are too few for a false-alarm rate of %v: it takes %d", len(normal), rate, int(math.Ceil(1/rate))-1)
	}
	return slices.Sorted(slices.Values(normal))[at-1], nil
}
