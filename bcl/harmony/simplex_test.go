package harmony

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The directions have the Gram matrix of the authors' construction: equal lengths and
// cosines of -1/(k-1).
func TestSimplexIsTheAuthors(t *testing.T) {
	g := torchtest.Open(t, "testdata/goldens.safetensors")
	torchtest.Do(t, func() {
		for _, size := range [][2]int{{2, 3}, {10, 16}, {100, 128}} {
			k, d := size[0], size[1]
			w := torch.FromSlice(Simplex(k, d, 7), int64(k), int64(d))
			g.Near(fmt.Sprintf("gram/%d", k), w.Mm(w.T()), 1e-13)
		}
	})
	g.Unused("gram/")
}

// The maximum number of directions, one more than dimensions, is a simplex too.
func TestSimplexThatFillsItsSpace(t *testing.T) {
	for _, size := range [][2]int{{2, 1}, {3, 2}, {129, 128}, {5, 128}} {
		k, d := size[0], size[1]
		w := Simplex(k, d, 3)
		for i := range k {
			for j := range k {
				want := -1 / float64(k-1)
				if i == j {
					want = 1
				}
				if got := dot(w[i*d:(i+1)*d], w[j*d:(j+1)*d]); math.Abs(got-want) > 1e-13 {
					t.Fatalf("k %d, d %d: product of %d and %d is %v, want %v", k, d, i, j, got, want)
				}
			}
		}
	}
}

// The directions of a seed never change: a resumed run draws them again.
func TestSimplexOfASeed(t *testing.T) {
	a, b := Simplex(10, 16, 1), Simplex(10, 16, 2)
	if !slices.Equal(a, Simplex(10, 16, 1)) {
		t.Error("the same seed gives other directions")
	}
	if slices.Equal(a, b) {
		t.Error("two seeds give the same directions")
	}
	want := []string{"-0.610185323397505", "0.792258714758180", "0.991208835048945", "0.132306633699573", "-0.381023511651441", "-0.924565348457752"}
	for i, v := range Simplex(3, 2, 10) {
		if got := fmt.Sprintf("%.15f", v); got != want[i] {
			t.Errorf("number %d of seed 10 is %s, want %s", i, got, want[i])
		}
	}
}
