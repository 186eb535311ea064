package state

import (
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestDict(t *testing.T) {
	torchtest.Do(t, func() {
		d := Dict{
			{"sum", 1.5},
			{"none", nil},
			{"epoch", 3},
			{"masks", Dict{{"keep", 0.5}}},
			{"history", torch.FromSlice([]float32{1, 2, 3, 4}, 2, 2)},
		}
		if v, ok := d.Get("none"); v != nil || !ok {
			t.Errorf("None is %v, %v", v, ok)
		}
		if v, ok := d.Get("epoch"); v != 3 || !ok {
			t.Errorf("epoch is %v, %v", v, ok)
		}
		if _, ok := d.Get("missing"); ok {
			t.Error("there is what is missing")
		}
		sub, ok := d.Dict("masks")
		if keep, err := sub.Float("keep"); !ok || keep != 0.5 || err != nil {
			t.Errorf("masks: %v, error %v", sub, err)
		}
		for _, name := range []string{"none", "missing", "epoch"} {
			if sub, ok := d.Dict(name); ok || sub != nil {
				t.Errorf("%s is the dict %v", name, sub)
			}
		}
		if f, err := d.Float("sum"); f != 1.5 || err != nil {
			t.Errorf("sum is %v, error %v", f, err)
		}
		if s, err := Slice[float32](d, "history"); !slices.Equal(s, []float32{1, 2, 3, 4}) || err != nil {
			t.Errorf("history is %v, error %v", s, err)
		}
		if s, err := Slice[float32](d, "none"); s != nil || err != nil {
			t.Errorf("None is the slice %v, error %v", s, err)
		}
		float := func(name string) error { _, err := d.Float(name); return err }
		slice := func(name string) error { _, err := Slice[float64](d, name); return err }
		for want, err := range map[string]error{
			"missing is missing":                   float("missing"),
			"epoch is not a float":                 float("epoch"),
			"none is not a float":                  float("none"),
			"lost is missing":                      slice("lost"),
			"sum is a float64, expected a tensor":  slice("sum"),
			"history is float32, expected float64": slice("history"),
		} {
			if err == nil || err.Error() != want {
				t.Errorf("error %v, want %q", err, want)
			}
		}
	})
}
