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
			t.Error("a missing entry exists")
		}
		sub, ok := d.Dict("masks")
		if r := (Reader{Dict: sub}); !ok || r.Float("keep") != 0.5 || r.Err != nil {
			t.Errorf("masks: %v, error %v", sub, r.Err)
		}
		for _, name := range []string{"none", "missing", "epoch"} {
			if sub, ok := d.Dict(name); ok || sub != nil {
				t.Errorf("%s is the dict %v", name, sub)
			}
		}
		r := Reader{Dict: append(d, Entry{"step", int64(9)})}
		if f, n := r.Float("sum"), r.Int("step"); f != 1.5 || n != 9 || r.Err != nil {
			t.Errorf("sum is %v, step %v, error %v", f, n, r.Err)
		}
		if s := Slice[float32](&r, "history"); !slices.Equal(s, []float32{1, 2, 3, 4}) || r.Err != nil {
			t.Errorf("history is %v, error %v", s, r.Err)
		}
		if s := Slice[float32](&r, "none"); s != nil || r.Err != nil {
			t.Errorf("None is the slice %v, error %v", s, r.Err)
		}
		float := func(name string) error { r := Reader{Dict: d}; r.Float(name); r.Float("lost"); return r.Err }
		slice := func(name string) error { r := Reader{Dict: d}; Slice[float64](&r, name); return r.Err }
		for want, err := range map[string]error{
			"missing is missing":                        float("missing"),
			"epoch is a int, expected a float64":        float("epoch"),
			"none is a <nil>, expected a float64":       float("none"),
			"lost is missing":                           slice("lost"),
			"sum is a float64, expected a torch.Tensor": slice("sum"),
			"history is float32, expected float64":      slice("history"),
		} {
			if err == nil || err.Error() != want {
				t.Errorf("error %v, want %q", err, want)
			}
		}
	})
}
