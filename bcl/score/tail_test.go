package score_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
)

// plainConcordance compares every pair.
func plainConcordance(values []float64, rank []int) float64 {
	right, pairs := 0.0, 0.0
	for i := range values {
		for j := range values {
			if rank[i] <= rank[j] {
				continue
			}
			pairs++
			switch {
			case values[i] > values[j]:
				right++
			case values[i] == values[j]:
				right += 0.5
			}
		}
	}
	return right / pairs
}

func TestConcordanceLooksAtEveryPair(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 300 {
		n := 2 + r.IntN(40)
		values, rank := make([]float64, n), make([]int, n)
		for i := range values {
			values[i], rank[i] = float64(r.IntN(1+trial%20)), r.IntN(2+trial%6)-2
		}
		rank[0], rank[1] = 7, 8
		got, err := score.Concordance(values, rank)
		if err != nil {
			t.Fatal(err)
		}
		if want := plainConcordance(values, rank); math.Abs(got-want) > 1e-12 {
			t.Fatalf("scores %v, ranks %v: %v, want %v", values, rank, got, want)
		}
	}
}

func TestAUC(t *testing.T) {
	for _, c := range []struct {
		values   []float64
		positive []bool
		want     float64
	}{
		{[]float64{1, 2, 3, 4}, []bool{false, false, true, true}, 1},
		{[]float64{4, 3, 2, 1}, []bool{false, false, true, true}, 0},
		{[]float64{1, 1, 1, 1}, []bool{false, true, true, false}, 0.5},
		{[]float64{0.1, 0.4, 0.35, 0.8}, []bool{false, false, true, true}, 0.75}, // scikit-learn's own example
		{[]float64{math.Inf(-1), math.Inf(1)}, []bool{false, true}, 1},
	} {
		if got, err := score.AUC(c.values, c.positive); err != nil || got != c.want {
			t.Errorf("%v %v: %v, %v; want %v", c.values, c.positive, got, err, c.want)
		}
	}
}

func TestTailDiscovery(t *testing.T) {
	counts := []int{4, 2, 1}
	labels := []int{0, 0, 0, 0, 1, 1, 2}
	g, err := score.ByThirds(counts)
	if err != nil {
		t.Fatal(err)
	}
	perfect := []float64{0, 0.1, 0.2, 0.1, 0.6, 0.5, 0.9}
	got, err := score.TailDiscovery(perfect, labels, counts, g)
	if err != nil || got != (score.Tail{Few: 1, Size: 1, Macro: 1}) {
		t.Errorf("%+v, %v", got, err)
	}
	perfect[6] = 0.55 // above one of the Medium samples, below the other
	got, err = score.TailDiscovery(perfect, labels, counts, g)
	if err != nil || math.Abs(got.Few-5.0/6) > 1e-12 || math.Abs(got.Size-13.0/14) > 1e-12 || math.Abs(got.Macro-(1+1+0.5)/3) > 1e-12 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTailDiscoveryErrors(t *testing.T) {
	counts := []int{4, 2, 1}
	g, _ := score.ByThirds(counts)
	for want, c := range map[string]struct {
		values []float64
		labels []int
	}{
		"2 scores of 3":  {[]float64{1, 2}, []int{0, 1, 2}},
		"has class 3":    {[]float64{1, 2}, []int{0, 3}},
		"has class -1":   {[]float64{1, 2}, []int{0, -1}},
		"NaN":            {[]float64{1, math.NaN()}, []int{0, 2}},
		"0 of 2 samples": {[]float64{1, 2}, []int{0, 1}}, // no sample of Few
		"0 of 0 samples": {nil, nil},
		"Few against th": {[]float64{1, 2}, []int{2, 2}},
	} {
		if _, err := score.TailDiscovery(c.values, c.labels, counts, g); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v %v: error %v, want one with %q", c.values, c.labels, err, want)
		}
	}
	if _, err := score.Concordance([]float64{1}, nil); err == nil {
		t.Error("scores without ranks: no error")
	}
	even := score.Groups{{0}, {1}, {2}}
	if _, err := score.TailDiscovery([]float64{1, 2}, []int{0, 2}, []int{5, 5, 5}, even); err == nil || !strings.Contains(err.Error(), "class size") {
		t.Errorf("classes of one size: error %v", err)
	}
}

func ExampleTailDiscovery() {
	counts := []int{3, 2, 1} // images per class
	groups, _ := score.ByThirds(counts)
	weights := []float64{0.1, 0.3, 0.2, 0.7, 0.4, 0.9}
	labels := []int{0, 0, 0, 1, 1, 2}
	t, err := score.TailDiscovery(weights, labels, counts, groups)
	fmt.Println(t.Few, t.Size, err)
	// Output: 1 1 <nil>
}

func BenchmarkConcordance(b *testing.B) {
	n := 100_000
	values, rank := make([]float64, n), make([]int, n)
	for i := range values {
		values[i], rank[i] = rand.Float64(), rand.IntN(100)
	}
	for b.Loop() {
		if _, err := score.Concordance(values, rank); err != nil {
			b.Fatal(err)
		}
	}
}
