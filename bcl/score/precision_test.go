package score

import (
	"math"
	"testing"
)

// The values are scikit-learn 1.9.1's average_precision_score.
func TestAveragePrecision(t *testing.T) {
	for _, c := range []struct {
		score    []float64
		positive []bool
		want     float64
	}{
		{[]float64{0.1, 0.4, 0.35, 0.8}, []bool{false, false, true, true}, 0.8333333333333333},
		{[]float64{1, 1, 1, 1}, []bool{true, false, false, false}, 0.25},
		{[]float64{3, 2, 2, 1, 0}, []bool{true, true, false, false, true}, 0.7555555555555555},
	} {
		if got, err := AveragePrecision(c.score, c.positive); err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v: %v, %v, want %v", c.score, got, err, c.want)
		}
	}
	if _, err := AveragePrecision([]float64{1}, []bool{false}); err == nil {
		t.Error("no positive sample")
	}
}
