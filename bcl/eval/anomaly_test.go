package eval

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestDetectors(t *testing.T) {
	torchtest.Do(t, func() {
		// Mean (1, 1), covariance diag(2/3, 8/3).
		bank := torch.FromSlice([]float32{0, 1, 2, 1, 1, -1, 1, 3}, 4, 2)
		m := &MahalanobisDetector{Shrinkage: 1e-12}
		if err := m.Fit(bank); err != nil {
			t.Fatal(err)
		}
		got, err := m.Score(t.Context(), torch.FromSlice([]float32{1, 1, 3, 1, 1, 5, 2, 3}, 4, 2))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{0, 2 / math.Sqrt(2./3), 4 / math.Sqrt(8./3), math.Sqrt(1.5 + 1.5)} {
			if math.Abs(got[i]-want) > 1e-9 {
				t.Errorf("Mahalanobis distance %d is %v, want %v", i, got[i], want)
			}
		}
		n := &NearestDetector{K: 2}
		if err := n.Fit(torch.FromSlice([]float32{1, 0, 0, 1, -1, 0}, 3, 2)); err != nil {
			t.Fatal(err)
		}
		got, err = n.Score(t.Context(), torch.FromSlice([]float32{5, 0, 1, 1}, 2, 2))
		if want := []float64{0.5, 1 - math.Sqrt(0.5)}; err != nil || math.Abs(got[0]-want[0]) > 1e-6 || math.Abs(got[1]-want[1]) > 1e-6 {
			t.Errorf("cosine distances %v, want %v, error %v", got, want, err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		stop := errors.New("stop")
		cancel(stop)
		for _, d := range []Detector{m, n} {
			if _, err := d.Score(ctx, torch.FromSlice([]float32{5, 0, 1, 1}, 2, 2)); err != stop {
				t.Errorf("%T: error %v after the end of the context", d, err)
			}
		}
		for words, err := range map[string]error{
			"5 neighbours of 4": (&NearestDetector{K: 5}).Fit(bank),
			"shrinkage 0":       (&MahalanobisDetector{}).Fit(bank),
			"are the same":      (&MahalanobisDetector{Shrinkage: 1}).Fit(torch.Ones([]int64{3, 2})),
		} {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("error %v, want %q", err, words)
			}
		}
	})
}

func TestAlarmThreshold(t *testing.T) {
	normal := []float64{3, 1, 2, 5, 4, 6, 7, 8, 9}
	if v, err := AlarmThreshold(normal, 0.1); err != nil || v != 9 {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := AlarmThreshold(normal, 0.5); err != nil || v != 5 {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := AlarmThreshold(normal, 0.05); err == nil || !strings.Contains(err.Error(), "it takes 19") {
		t.Errorf("%v", err)
	}
}
