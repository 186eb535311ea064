package signal

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	if want := []Name{Loss, Align, Density, COLT}; !slices.Equal(Recorded(), want) {
		t.Errorf("recorded are %v, want %v", Recorded(), want)
	}
	for _, s := range All() {
		if found, ok := Lookup(s.Name); !ok || found.Title != s.Title || s.Title == "" || s.Source == "" || s.Tail != High && s.Tail != Low {
			t.Errorf("%+v", s)
		}
		if strings.Contains(string(s.Name), "-") && s.Record {
			t.Errorf("%s: a dash begins what is derived from epochs", s.Name)
		}
	}
	if _, ok := Lookup("margin"); ok {
		t.Error("a signal that does not exist")
	}
	for _, name := range []string{"", "purity", "Loss", "margin"} {
		if _, err := Parse(name); err == nil || !strings.Contains(err.Error(), "is not one of loss, align, density, colt") {
			t.Errorf("%q: error %v", name, err)
		}
	}
	if High.String() != "high" || Low.String() != "low" {
		t.Errorf("%v %v", High, Low)
	}
}

func TestTailness(t *testing.T) {
	values := []float32{1, -2}
	density, _ := Lookup(Density)
	if got := density.Tailness(values); !slices.Equal(got, []float32{-1, 2}) {
		t.Errorf("density %v", got)
	}
	loss, _ := Lookup(Loss)
	if got := loss.Tailness(values); !slices.Equal(got, values) {
		t.Errorf("loss %v", got)
	}
}

func TestParseOver(t *testing.T) {
	for name, want := range map[string]struct {
		signal Name
		over   string
		tail   Direction
	}{"loss": {Loss, "", High}, "density": {Density, "", Low}, "density-mean": {Density, "mean", Low}, "align-change": {Align, "change", High}, "colt-spread": {COLT, "spread", High}} {
		s, o, err := ParseOver(name)
		if err != nil || s.Name != want.signal || o.Name != want.over || o.Tail != want.tail {
			t.Errorf("%s: %v, %+v, %v", name, s.Name, o, err)
		}
	}
	for _, name := range []string{"", "-", "loss-", "loss-median", "purity", "nearest-negative", "loss-mean-mean"} {
		if _, _, err := ParseOver(name); err == nil || !strings.Contains(err.Error(), "alone or with -mean, -change, -spread") {
			t.Errorf("%q: error %v", name, err)
		}
	}
}

// In a batch of the usual size COLT's score has its 10 negatives, in a smaller last one as
// large a share, and never more than there are.
func TestTop(t *testing.T) {
	for _, c := range []struct{ negatives, full, want int }{
		{1022, 1022, 10}, {254, 254, 10}, {50, 1022, 1}, {127, 254, 5}, {128, 254, 6}, {2, 1022, 1}, {6, 6, 6}, {2, 2, 2}, {10, 4, 10},
	} {
		if got := Top(c.negatives, c.full); got != c.want {
			t.Errorf("%d negatives of %d: %d, want %d", c.negatives, c.full, got, c.want)
		}
	}
}

// The density of batches of other sizes compares: doubling a batch, sample by sample, only
// adds the copies themselves as negatives.
func TestDensityOfOtherSizes(t *testing.T) {
	const n = 400
	var z1, z2 [][]float64
	for i := range n {
		a := 2 * math.Pi * float64(i) / n
		z1, z2 = append(z1, []float64{math.Cos(a), math.Sin(a)}), append(z2, []float64{math.Cos(a + 0.01), math.Sin(a + 0.01)})
	}
	half := func(z [][]float64) (out [][]float64) {
		for i := 0; i < n; i += 2 {
			out = append(out, z[i])
		}
		return out
	}
	large, small := Batch{z1, z2, 0.2, 10}.density()[0], Batch{half(z1), half(z2), 0.2, 10}.density()[0]
	if math.Abs(large-small) > 0.03 {
		t.Errorf("density %v with %d samples, %v with half of them", large, n, small)
	}
}

func TestUnknownEpochs(t *testing.T) {
	nan := float32(math.NaN())
	rows := [][]float32{{nan, nan}, {1, nan}, {2, nan}, {4, nan}}
	for name, want := range map[string]float64{"": 4, "mean": 7.0 / 3, "change": 2, "spread": math.Sqrt(14.0 / 9)} {
		for _, o := range Overs() {
			if got := o.Of(rows); o.Name == name && (math.Abs(got[0]-want) > 1e-12 || !math.IsNaN(got[1])) {
				t.Errorf("%q: %v, want %v and NaN", name, got, want)
			}
		}
	}
	if got := Change([][]float32{{3}}); got[0] != 0 {
		t.Errorf("change in one epoch: %v", got)
	}
	if got := (Set{Projections: [][]float64{{1}}}).nearest(); !math.IsNaN(got[0]) {
		t.Errorf("nearest of one sample: %v", got)
	}
}

func TestRecorder(t *testing.T) {
	r := NewRecorder([]Name{Loss, COLT}, 3)
	r.Observe([]int{2, 0}, nil, []float32{5, 6, 0.5, 0.25})
	loss, colt := r.Row(Loss), r.Row(COLT)
	if loss[2] != 5 || loss[0] != 6 || colt[2] != 0.5 || colt[0] != 0.25 || loss[1] == loss[1] {
		t.Errorf("%v %v", loss, colt)
	}
	if r.Row(Density) != nil || !slices.Equal(r.Names(), []Name{Loss, COLT}) {
		t.Errorf("%v of %v", r.Row(Density), r.Names())
	}
	if err := r.Set(COLT, []float32{1, 2, 3}); err != nil || r.Row(COLT)[1] != 2 {
		t.Errorf("%v, %v", r.Row(COLT), err)
	}
	for name, n := range map[Name]int{COLT: 2, Density: 3} {
		if err := r.Set(name, make([]float32, n)); err == nil || !strings.Contains(err.Error(), "expected") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	r.Reset()
	if v := r.Row(COLT)[1]; v == v {
		t.Errorf("%v after Reset", v)
	}
}
