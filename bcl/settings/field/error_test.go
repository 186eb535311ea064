package field

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"testing"
)

func TestError(t *testing.T) {
	err := In("Model", Expect(false, "Width", 0, "at least 1"))
	if want := "Model.Width is 0, expected at least 1"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := In("Model", Expect(true, "Width", 64, "at least 1")); err != nil {
		t.Error(err)
	}
	for _, v := range []float64{-0.1, 1e300, math.Inf(1), math.NaN()} {
		if err := Within("Gamma", v, 0, 100); err == nil || err.Error() != fmt.Sprintf("Gamma is %v, expected 0 to 100", v) {
			t.Error(err)
		}
	}
	if err := cmp.Or(Within("Gamma", 0, 0, 100), Within("Gamma", 100, 0, 100)); err != nil {
		t.Error(err)
	}
	if other := errors.New("no file"); In("Model", other) != other {
		t.Error("another error has changed")
	}
}
