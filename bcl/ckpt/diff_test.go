package ckpt

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func of(t testing.TB, v ...float32) *serialize.Tensor {
	x, err := serialize.FromArray(npy.FromFloat32s(v))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestDiff(t *testing.T) {
	inf := float32(math.Inf(1))
	negZero := float32(math.Copysign(0, -1))
	a := []Tensor{{"same", of(t, 1, nan())}, {"off", of(t, 1, 2, 3)}, {"shape", of(t, 1, 2)}, {"only a", of(t, 0)}, {"nan", of(t, 0, nan())}, {"zero", of(t, 0)}, {"inf", of(t, inf, inf)}}
	b := []Tensor{{"off", of(t, 1, 2.5, 2)}, {"same", of(t, 1, nan())}, {"shape", of(t, 1)}, {"nan", of(t, nan(), nan())}, {"zero", of(t, negZero)}, {"inf", of(t, inf, 0)}, {"only b", of(t, 0)}}
	c, err := Diff(a, b, 0)
	if err != nil {
		t.Fatal(err)
	}
	if c.Equal != 1 || c.Within || !slices.Equal(c.OnlyA, []string{"only a"}) || !slices.Equal(c.OnlyB, []string{"only b"}) || len(c.Differ) != 5 {
		t.Errorf("%+v", c)
	}
	for i, w := range []struct {
		name    string
		unequal int
		most    float64
	}{{"off", 2, 1}, {"shape", 0, 0}, {"nan", 1, math.NaN()}, {"zero", 1, 0}, {"inf", 1, math.Inf(1)}} {
		d := c.Differ[i]
		if d.Name != w.name || d.Unequal != w.unequal || float64(d.Max) != w.most && !(math.IsNaN(w.most) && math.IsNaN(float64(d.Max))) {
			t.Errorf("%+v, want %+v", d, w)
		}
	}
	if text, err := json.Marshal(c); err != nil || !json.Valid(text) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestTolerance(t *testing.T) {
	a, b := []Tensor{{"x", of(t, 1, 2)}}, []Tensor{{"x", of(t, 1, 2.25)}}
	for tolerance, want := range map[float64]bool{0: false, 0.2: false, 0.25: true, 1: true} {
		if c, err := Diff(a, b, tolerance); err != nil || c.Within != want {
			t.Errorf("within %v: %v, %v", tolerance, c.Within, err)
		}
	}
	nans := []Tensor{{"x", of(t, 1, nan())}}
	if c, err := Diff(a, nans, 1e9); err != nil || c.Within {
		t.Errorf("NaN is within a tolerance, %v", err)
	}
}

func TestDiffTypes(t *testing.T) {
	half, err := serialize.NewTensor(dtype.Float16, []int{3}, []byte{0, 0x3c, 0, 0xc0, 1, 0}) // 1, -2, 2^-24
	if err != nil {
		t.Fatal(err)
	}
	c, err := Diff([]Tensor{{"x", half}}, []Tensor{{"x", of(t, 1, -2, 0)}}, 0)
	if err != nil || c.Within || c.Differ[0].Unequal != 1 || float64(c.Differ[0].Max) != math.Ldexp(1, -24) {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestDiffValues(t *testing.T) {
	c := &Comparison{Within: true}
	c.DiffValues([]Value{{"a", "1"}, {"b", "2"}, {"c", "3"}}, []Value{{"a", "1"}, {"b", "3"}, {"d", "4"}})
	if want := []Changed{{"b", "2", "3"}, {"c", "3", "-"}, {"d", "-", "4"}}; !slices.Equal(c.Values, want) || c.Within {
		t.Errorf("%v", c.Values)
	}
}
