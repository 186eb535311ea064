package eval

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestByThirds(t *testing.T) {
	for classes, want := range map[int][3]int{100: {34, 33, 33}, 10: {4, 3, 3}, 11: {5, 3, 3}, 3: {1, 1, 1}, 9: {3, 3, 3}} {
		counts := make([]int, classes)
		for i := range counts {
			counts[i] = 5 * ((i*7 + 3) % classes) // all different
		}
		g, err := ByThirds(counts)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int]bool{}
		for i, group := range g {
			if len(group) != want[i] {
				t.Errorf("%d classes: %s has %d, want %d", classes, GroupNames[i], len(group), want[i])
			}
			for _, c := range group {
				seen[c] = true
				for _, other := range g[min(i+1, 2)] {
					if i < 2 && counts[c] <= counts[other] {
						t.Errorf("%d classes: class %d of %s has %d samples, class %d of the next %d", classes, c, GroupNames[i], counts[c], other, counts[other])
					}
				}
			}
		}
		if len(seen) != classes {
			t.Errorf("%d classes: %d in the groups", classes, len(seen))
		}
	}
	for n := range 3 {
		if _, err := ByThirds(make([]int, n)); err == nil || !strings.Contains(err.Error(), "cannot be split") {
			t.Errorf("%d classes: error %v", n, err)
		}
	}
}

// Of classes alike in size, the later ones go to the larger group.
func TestByThirdsTies(t *testing.T) {
	counts := []int{5, 5, 5, 5, 5, 5}
	g, err := ByThirds(counts)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Groups{{4, 5}, {2, 3}, {0, 1}}); !reflect.DeepEqual(g, want) {
		t.Errorf("groups %v, want %v", g, want)
	}
	if !slices.Equal(counts, []int{5, 5, 5, 5, 5, 5}) {
		t.Error("the counts were changed")
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestScore(t *testing.T) {
	g := Groups{{0}, {1}, {2}}
	a := Score([][]int64{{0, 1, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}}, []int64{0, 1, 1, 0}, 3, g)
	if !near(a.Top1, 50) || !near(a.Top5, 100) {
		t.Errorf("top-1 %v, top-5 %v; want 50 and 100", a.Top1, a.Top5)
	}
	if !slices.Equal(a.PerClass, []float64{50, 50, 0}) {
		t.Errorf("classes %v", a.PerClass)
	}
	if a.Groups != [3]float64{50, 50, 0} || !near(a.Std, math.Sqrt(5000.0/9)) {
		t.Errorf("groups %v, std %v; want 50 50 0 and 23.57", a.Groups, a.Std)
	}
}

// With fewer than 5 classes every class is among the best 5; with more it is not.
func TestTop5(t *testing.T) {
	g := Groups{{0, 1}, {2, 3}, {4, 5}}
	a := Score([][]int64{{5, 4, 3, 2, 1}, {5, 4, 3, 2, 0}, {1, 2, 3, 4, 5}}, []int64{0, 0, 5}, 6, g)
	if !near(a.Top1, 0) || !near(a.Top5, 200.0/3) {
		t.Errorf("top-1 %v, top-5 %v; want 0 and 66.7", a.Top1, a.Top5)
	}
}

// A class without test images has no accuracy; its group is the mean of the others.
func TestClassesWithoutImages(t *testing.T) {
	g := Groups{{0, 1, 2}, {3}, {4}}
	a := Score([][]int64{{0}, {1}, {4}, {3}}, []int64{0, 1, 0, 3}, 5, g)
	if a.Groups != [3]float64{75, 100, 0} {
		t.Errorf("groups %v, want 75 100 0", a.Groups)
	}
	for _, v := range append(a.PerClass, a.Std) {
		if math.IsNaN(v) {
			t.Errorf("NaN in %+v", a)
		}
	}
}
