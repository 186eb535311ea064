package score

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestByThirds(t *testing.T) {
	for classes, want := range map[int][3]int{100: {34, 33, 33}, 10: {4, 3, 3}, 11: {5, 3, 3}, 3: {1, 1, 1}, 9: {3, 3, 3}, 2: {2, 0, 0}} {
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
	if _, err := ByThirds(nil); err == nil || !strings.Contains(err.Error(), "no classes") {
		t.Errorf("no classes: error %v", err)
	}
}

// Of classes of equal size, the later ones go to the larger group.
func TestByThirdsTies(t *testing.T) {
	counts := []int{5, 5, 5, 5, 5, 7}
	g, err := ByThirds(counts)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Groups{{4, 5}, {2, 3}, {0, 1}}); !reflect.DeepEqual(g, want) {
		t.Errorf("groups %v, want %v", g, want)
	}
	if !slices.Equal(counts, []int{5, 5, 5, 5, 5, 7}) {
		t.Error("the counts were changed")
	}
	if g.None() {
		t.Errorf("groups %v are empty", g)
	}
}

// Classes of one size have no groups, and group accuracies are unknown: a third of them
// would be arbitrary.
func TestNoGroups(t *testing.T) {
	for _, counts := range [][]int{{500, 500, 500, 500}, {3}} {
		g, err := ByThirds(counts)
		if err != nil || !g.None() || g.Of(0) != "-" {
			t.Fatalf("counts %v: groups %v, error %v", counts, g, err)
		}
		a := Of([][]int64{{0}, {0}}, []int64{0, 0}, len(counts), g)
		if a.Groups[0].Known() || a.Groups[1].Known() || a.Groups[2].Known() || a.Std.Known() || a.Top1 != 100 {
			t.Errorf("counts %v: accuracy %+v", counts, a)
		}
		mean, spread := Mean([]Accuracy{a, a})
		text, err := json.Marshal([]any{mean, spread})
		if want := `"groups":[null,null,null],"std":null`; err != nil || strings.Count(string(text), want) != 2 {
			t.Errorf("counts %v: %s, error %v, want %s", counts, text, err, want)
		}
	}
}

func TestByCounts(t *testing.T) {
	g := ByCounts([]int{100, 101, 20, 19, 0})
	if want := (Groups{{1}, {0, 2}, {3, 4}}); !reflect.DeepEqual(g, want) {
		t.Errorf("groups %v, want %v", g, want)
	}
	for c, want := range []string{"Medium", "Many", "Medium", "Few", "Few", "-"} {
		if got := g.Of(c); got != want {
			t.Errorf("class %d is in %s, want %s", c, got, want)
		}
	}
	empty, err := CountLimits.Groups([]int{500, 500})
	if err != nil || empty[1] == nil || len(empty[1]) != 0 || len(empty[0]) != 2 {
		t.Errorf("groups %v, %v", empty, err)
	}
	if _, err := GroupRule("halves").Groups([]int{1, 2, 3}); err == nil || !strings.Contains(err.Error(), "halves") {
		t.Errorf("unknown rule: error %v", err)
	}
}
