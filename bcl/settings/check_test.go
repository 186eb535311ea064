package settings

import (
	"math"
	"testing"
)

func TestCheck(t *testing.T) {
	n, x := 3, 0.5
	list := []Setting{{Name: "free", Value: new("")}, {Name: "n", Value: &n, Check: AtLeast(&n, 1)}, {Name: "x", Value: &x, Check: AtLeast(&x, 0)}}
	if err := Check(list); err != nil {
		t.Error(err)
	}
	n = 0
	if err := Check(list); err == nil || err.Error() != "n is 0, expected at least 1" {
		t.Errorf("error %v", err)
	}
	n, x = 1, math.NaN()
	if err := Check(list); err == nil || err.Error() != "x is NaN, expected at least 0" {
		t.Errorf("error %v", err)
	}
}
