package signal

import (
	"math"
	"slices"
)

// TopNegatives is how many of the largest negatives COLT's score adds up, as in its released
// code.
const TopNegatives = 10

// Top is how many negatives COLT's score adds up in a batch with some negatives, of batches
// that have full of them: TopNegatives, in a smaller last batch in proportion and at least 1,
// so that its scores compare with the others.
func Top(negatives, full int) int {
	top := TopNegatives
	if negatives < full {
		top = (TopNegatives*negatives + full - 1) / full
	}
	return max(1, min(top, negatives))
}

// Batch is the projections of the two views of B samples (B x D, B >= 2), which need not be
// normalised. Each of the 2B views has the other view of its sample as its positive, and 2B-2
// negatives. Signals of a sample are means over its two views.
//
// Package loss computes the same in libtorch; these formulas are its reference.
type Batch struct {
	Z1, Z2      [][]float64
	Temperature float64
	Top         int // negatives of COLT's score, see [Top]
}

// row is the similarities of a view.
type row struct {
	positive  float64   // cosine with the other view of its sample
	negatives []float64 // cosines
}

// rows returns the similarities of the 2B views, those of the first views first. Negatives of
// both views of a sample are in the same order.
func (b Batch) rows() []row {
	n := len(b.Z1)
	all := slices.Concat(b.Z1, b.Z2)
	unit := make([][]float64, len(all))
	for i, z := range all {
		unit[i] = normalized(z)
	}
	out := make([]row, 2*n)
	for i := range out {
		for k := range unit {
			switch s := dot(unit[i], unit[k]); {
			case k%n != i%n:
				out[i].negatives = append(out[i].negatives, s)
			case k != i:
				out[i].positive = s
			}
		}
	}
	return out
}

// each returns, for each sample, the mean of f over its two views.
func (b Batch) each(f func(row) float64) []float64 {
	rows := b.rows()
	out := make([]float64, len(b.Z1))
	for i := range out {
		out[i] = (f(rows[i]) + f(rows[i+len(out)])) / 2
	}
	return out
}

// loss is NT-Xent (Chen et al. 2020, equation 1).
func (b Batch) loss() []float64 {
	return b.each(func(r row) float64 {
		p := r.positive / b.Temperature
		return logSumExp(append(scaled(r.negatives, b.Temperature), p)) - p
	})
}

// align is 1 - cosine of the views, 0 to 2.
func (b Batch) align() []float64 {
	return b.each(func(r row) float64 { return 1 - r.positive })
}

// density is the log of the mean, not the sum, of exp(cosine/T) over the negatives: batches of
// other sizes compare.
func (b Batch) density() []float64 {
	return b.each(func(r row) float64 {
		return logSumExp(scaled(r.negatives, b.Temperature)) - math.Log(float64(len(r.negatives)))
	})
}

// colt is the sum of the Top largest softmax probabilities of negatives, each the mean over
// the two views, 0 to 1.
func (b Batch) colt() []float64 {
	rows := b.rows()
	out := make([]float64, len(b.Z1))
	for i := range out {
		p := make([]float64, len(rows[i].negatives))
		for _, r := range []row{rows[i], rows[i+len(out)]} {
			logits := scaled(r.negatives, b.Temperature)
			all := logSumExp(append(logits, r.positive/b.Temperature))
			for k := range p {
				p[k] += math.Exp(logits[k]-all) / 2
			}
		}
		slices.Sort(p)
		for _, v := range p[len(p)-min(b.Top, len(p)):] {
			out[i] += v
		}
	}
	return out
}

func (b Batch) nearest() []float64 {
	return b.each(func(r row) float64 { return slices.Max(r.negatives) })
}

func (b Batch) mean() []float64 {
	return b.each(func(r row) float64 { return sum(r.negatives) / float64(len(r.negatives)) })
}

func normalized(z []float64) []float64 {
	length := max(math.Sqrt(dot(z, z)), 1e-12)
	out := make([]float64, len(z))
	for i, v := range z {
		out[i] = v / length
	}
	return out
}

func dot(a, b []float64) (s float64) {
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

func scaled(x []float64, temperature float64) []float64 {
	out := make([]float64, len(x), len(x)+1)
	for i, v := range x {
		out[i] = v / temperature
	}
	return out
}

func logSumExp(x []float64) float64 {
	most := slices.Max(x)
	s := 0.0
	for _, v := range x {
		s += math.Exp(v - most)
	}
	return most + math.Log(s)
}
