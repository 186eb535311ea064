package sampler

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/memory"
)

// Expected draws and counts are those of NumPy (testdata/make_goldens.py).
func TestExpected(t *testing.T) {
	text, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Signal        []float32
		Ratio, U      float64
		Expected      []float64
		Order, Counts []int
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 6 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		got := Expected(memory.Ranks(c.Signal), c.Ratio)
		for i, want := range c.Expected {
			if math.Abs(got[i]-want) > 1e-12*want {
				t.Errorf("%d samples, ratio %v: sample %d is expected %v times, want %v", len(got), c.Ratio, i, got[i], want)
			}
		}
		counts, err := systematic(c.Order, got, c.U)
		if err != nil || !slices.Equal(counts, c.Counts) {
			t.Errorf("%d samples, ratio %v: drawn %v times, %v, want %v", len(got), c.Ratio, counts, err, c.Counts)
		}
	}
}

// An epoch has as many samples as there are, each as often as expected, rounded, and over
// many epochs as often as expected; a batch has none twice.
func TestResample(t *testing.T) {
	const n, epochs = 50, 2000
	s, err := New(numbers{n, -1}, 3, 7, 2, nil) // the last batch has one sample, of two
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i * 17 % n)
	}
	expected := Expected(memory.Ranks(values), 20)
	total, firsts := make([]float64, n), map[int]int{}
	for epoch := 1; epoch <= epochs; epoch++ {
		v, err := s.Resample(epoch, expected)
		if err != nil {
			t.Fatal(err)
		}
		counts := make([]int, n)
		for k, i := range v.Samples {
			if v.Draws[k] != counts[i] {
				t.Fatalf("epoch %d has sample %d for the time %d, and calls it %d", epoch, i, counts[i], v.Draws[k])
			}
			counts[i]++
			total[i]++
		}
		firsts[v.Samples[0]]++
		for i, c := range counts {
			if d := float64(c) - expected[i]; d <= -1 || d >= 1 {
				t.Fatalf("epoch %d has sample %d %d times, expected %v", epoch, i, c, expected[i])
			}
		}
		for b := range s.Batches() {
			batch := slices.Sorted(slices.Values(v.part(s.bounds(b)).Samples))
			if len(slices.Compact(slices.Clone(batch))) < len(batch) {
				t.Fatalf("epoch %d, batch %d has a sample twice: %v", epoch, b, batch)
			}
		}
	}
	for i, e := range expected {
		// A count has at most the deviation 1/2 of a rounding.
		if got := total[i] / epochs; math.Abs(got-e) > 4*0.5/math.Sqrt(epochs) {
			t.Errorf("sample %d is drawn %v times an epoch, expected %v", i, got, e)
		}
	}
	if len(firsts) < n*9/10 {
		t.Errorf("epochs begin with %d samples only", len(firsts))
	}
}

// With one batch there is no other that could have a second draw; all expected alike are each
// drawn once.
func TestResampleBounds(t *testing.T) {
	s, _ := New(numbers{8, -1}, 3, 8, 2, nil)
	if v, err := s.Resample(1, Expected(memory.Ranks([]float32{1, 2, 3, 4, 5, 6, 7, 8}), 100)); err != nil || slices.Max(v.Draws) < 2 {
		t.Errorf("one batch: %+v, %v", v, err)
	}
	even, err := s.Resample(1, slices.Repeat([]float64{1}, 8))
	if err != nil || slices.Max(even.Draws) > 0 {
		t.Errorf("all alike: %+v, %v", even, err)
	}
	for want, e := range map[string][]float64{
		"of 3 samples, and there are 8": {1, 1, 1}, "expected draws NaN": {math.NaN(), 1, 1, 1, 1, 1, 1, 1},
		"expected draws -1": {-1, 3, 1, 1, 1, 1, 1, 1}, "of 9 in all, of 8 samples": {2, 1, 1, 1, 1, 1, 1, 1},
	} {
		if _, err := s.Resample(1, e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: error %v, want %q", e, err, want)
		}
	}
}

// The first draw has the views that the sample has without re-sampling, later ones others; and
// an epoch can begin at any batch.
func TestViewsOfDraws(t *testing.T) {
	s, _ := New(numbers{20, -1}, 3, 4, 3, nil)
	v, err := s.Resample(2, Expected(memory.Ranks([]float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}), 50))
	if err != nil {
		t.Fatal(err)
	}
	views := func(first int) (all []byte) {
		e := s.Visit(v, 2, first, half)
		defer e.Close()
		for {
			b, err := e.Next()
			if err != nil {
				t.Fatal(err)
			}
			if b == nil {
				return all
			}
			all = append(all, b.Buffers[0].Data...)
			e.Recycle(b)
		}
	}
	all := views(0)
	for k, i := range v.Samples {
		for view := range 2 {
			if want := []byte{byte(i), 50, 2, byte(2*v.Draws[k] + view)}; !bytes.Equal(all[8*k+4*view:8*k+4*view+4], want) {
				t.Fatalf("draw %d of sample %d has view %v, want %v", v.Draws[k], i, all[8*k+4*view:8*k+4*view+4], want)
			}
		}
	}
	if rest := views(3); !bytes.Equal(rest, all[3*4*8:]) {
		t.Error("an epoch that begins at batch 3 differs")
	}
}

func ExampleSampler_Resample() {
	s, _ := New(numbers{6, -1}, 1, 3, 2, nil)
	density := []float32{0.9, 0.8, 0.7, 0.3, 0.2, 0.1} // low: the tail
	var tailness []float32
	for _, d := range density {
		tailness = append(tailness, -d)
	}
	expected := Expected(memory.Ranks(tailness), 10)
	v, _ := s.Resample(2, expected)
	fmt.Printf("%.2f\n", expected)
	fmt.Println(v.Samples, v.Draws)
	// Output:
	// [0.24 0.37 0.59 0.94 1.49 2.36]
	// [0 2 5 4 5 3] [0 0 0 0 1 0]
}
