package score

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestScore(t *testing.T) {
	g := Groups{{0}, {1}, {2}}
	a := Of([][]int64{{0, 1, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}, {0, 1, 2}}, []int64{0, 1, 1, 0, 2}, 3, g)
	if !near(a.Top1, 40) || !near(a.Top5, 100) {
		t.Errorf("top-1 %v, top-5 %v; want 40 and 100", a.Top1, a.Top5)
	}
	if !slices.Equal(a.PerClass, []Percent{50, 50, 0}) {
		t.Errorf("classes %v", a.PerClass)
	}
	if a.Groups != [3]Percent{50, 50, 0} || !near(float64(a.Std), math.Sqrt(5000.0/9)) {
		t.Errorf("groups %v, std %v; want 50 50 0 and 23.57", a.Groups, a.Std)
	}
}

// All correct is exactly 100, also for numbers of images that do not divide 100.
func TestScoreAllRight(t *testing.T) {
	for n := 1; n < 200; n++ {
		a := Of(slices.Repeat([][]int64{{0}}, n), make([]int64, n), 1, Groups{{0}})
		if a.Top1 != 100 || a.Top5 != 100 || a.PerClass[0] != 100 {
			t.Errorf("of %d images: %+v", n, a)
		}
	}
}

// With fewer than 5 classes every class is among the best 5; with more it is not.
func TestTop5(t *testing.T) {
	g := Groups{{0, 1}, {2, 3}, {4, 5}}
	a := Of([][]int64{{5, 4, 3, 2, 1}, {5, 4, 3, 2, 0}, {1, 2, 3, 4, 5}}, []int64{0, 0, 5}, 6, g)
	if !near(a.Top1, 0) || !near(a.Top5, 200.0/3) {
		t.Errorf("top-1 %v, top-5 %v; want 0 and 66.7", a.Top1, a.Top5)
	}
}

// A class without test images has no accuracy; its group is the mean of the others, and a
// group without any has none either and is not in the deviation.
func TestClassesWithoutImages(t *testing.T) {
	g := Groups{{0, 1, 2}, {3}, {4}}
	a := Of([][]int64{{0}, {1}, {4}, {3}}, []int64{0, 1, 0, 3}, 5, g)
	if a.Groups[0] != 75 || a.Groups[1] != 100 || a.Groups[2].Known() {
		t.Errorf("groups %v, want 75 100 -", a.Groups)
	}
	if a.PerClass[2].Known() || a.PerClass[4].Known() || !a.PerClass[3].Known() {
		t.Errorf("classes %v", a.PerClass)
	}
	if !near(float64(a.Std), 12.5) {
		t.Errorf("std %v over 75 and 100, want 12.5", a.Std)
	}
	if one := Of([][]int64{{0}, {1}}, []int64{0, 1}, 5, Groups{{0, 1}, {2}, {}}); one.Groups[0] != 100 || one.Std.Known() {
		t.Errorf("std %v over one group, want None", one.Std)
	}
	text, err := json.Marshal(a)
	if err != nil || !strings.Contains(string(text), `"groups":[75,100,null]`) {
		t.Errorf("%s, %v", text, err)
	}
	var back Accuracy
	if err := json.Unmarshal(text, &back); err != nil || back.Groups[2].Known() || back.Groups[0] != 75 {
		t.Errorf("read back: %+v, %v", back, err)
	}
	if got := fmt.Sprint(a.Groups); got != "[75.00 100.00 -]" {
		t.Errorf("as text %s", got)
	}
}

func TestMean(t *testing.T) {
	of := []Accuracy{
		{Top1: 40, Top5: 70, Groups: [3]Percent{50, 30, None()}, Std: 10, PerClass: []Percent{50, None(), 30}},
		{Top1: 44, Top5: 74, Groups: [3]Percent{52, 40, None()}, Std: 6, PerClass: []Percent{52, None(), 40}},
		{Top1: 48, Top5: 78, Groups: [3]Percent{54, 50, None()}, Std: 2, PerClass: []Percent{54, None(), 50}},
	}
	m, s := Mean(of)
	if m.Top1 != 44 || m.Top5 != 74 || m.Groups[0] != 52 || m.Groups[1] != 40 || m.Groups[2].Known() || m.Std != 6 {
		t.Errorf("mean %+v", m)
	}
	if !near(s.Top1, 4) || !near(s.Top5, 4) || !near(float64(s.Groups[1]), 10) || s.Groups[2].Known() || !near(float64(s.Std), 4) {
		t.Errorf("spread %+v, want n-1 in the denominator", s)
	}
	if m.PerClass[2] != 40 || m.PerClass[1].Known() {
		t.Errorf("classes %v", m.PerClass)
	}
	if one, s := Mean(of[:1]); s != nil || one.Top1 != 40 {
		t.Errorf("of one: %+v, spread %v", one, s)
	}
}
