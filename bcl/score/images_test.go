package score

import (
	"encoding/json"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/rng"
)

// guesses are right for images of a class with its probability; both networks see the same
// difficulty of an image, which makes them pairs.
func guesses(images, classes int, probability func(network, class int) float64) (of [2][]bool, y []int64) {
	for i := range images {
		c := i % classes
		y = append(y, int64(c))
		r := rng.New(7, rng.Resample, 0, uint32(i), 0)
		u := float64(r.IntN(1_000_000)) / 1e6
		for n := range of {
			of[n] = append(of[n], u < probability(n, c))
		}
	}
	return of, y
}

func TestCompareImages(t *testing.T) {
	g := Groups{{0, 1}, {2}, {3, 4, 5}}
	of, y := guesses(1200, 6, func(network, class int) float64 {
		if network == 1 && class > 2 {
			return 0.6
		}
		return 0.5
	})
	c, err := CompareImages([][]bool{of[0]}, [][]bool{of[1]}, y, 6, g, 3)
	if err != nil {
		t.Fatal(err)
	}
	// The figures are those of [Of].
	for n, right := range of {
		top := make([][]int64, len(y))
		for i := range top {
			top[i] = []int64{y[i]}
			if !right[i] {
				top[i] = []int64{(y[i] + 1) % 6}
			}
		}
		a := Of(top, y, 6, g)
		for f, d := range c.Figures {
			if got := [2]Percent{d.Baseline, d.Value}[n]; math.Abs(float64(got-figures[f].of(&a))) > 1e-9 {
				t.Errorf("%s of network %d: %v, want %v", d.Figure, n, got, figures[f].of(&a))
			}
		}
	}
	top := c.Figures[0]
	m := c.McNemar
	if c.Images != 1200 || c.Fits != 1 || m == nil || m.OnlyBaseline != 0 || float64(m.OnlyOther)/12 != math.Round(1200*float64(top.Difference)/100)/12 || c.P != m.P || c.P > 1e-9 {
		t.Errorf("%+v, McNemar %+v", c, m)
	}
	if !(top.Interval[0] > 3 && top.Interval[0] < float64(top.Difference) && top.Interval[1] > float64(top.Difference) && top.Interval[1] < 8) || top.Fits != nil {
		t.Errorf("top-1 %+v", top)
	}
	// The binomial deviation of the discordant share, within Few: images are drawn in classes.
	few := c.Figures[3]
	share := float64(few.Difference) / 100
	if half, want := (few.Interval[1]-few.Interval[0])/2, 196*math.Sqrt(share*(1-share)/600); math.Abs(half-want) > 0.15*want {
		t.Errorf("Few %v, half the interval %v, want about %v", few.Difference, half, want)
	}
	if d := c.Figures[1]; d.Difference != 0 || *d.Interval != [2]float64{} {
		t.Errorf("Many, where both are alike: %+v", d)
	}
	// The same on one core.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	again, err := CompareImages([][]bool{of[0]}, [][]bool{of[1]}, y, 6, g, 3)
	if err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("on one core %+v, %v", again, err)
	}
}

// Images whose difference is within the noise are called so, and Few without images is unknown.
func TestCompareImagesWithinNoise(t *testing.T) {
	g := Groups{{0}, {1}, {2}}
	var of [2][]bool
	var y []int64
	for i := range 40 { // 12 and 14 right, 5 and 7 of them alone
		y = append(y, int64(i%2))
		of[0] = append(of[0], i < 12)
		of[1] = append(of[1], i >= 5 && i < 19)
	}
	c, err := CompareImages([][]bool{of[0]}, [][]bool{of[1]}, y, 3, g, 3)
	if err != nil {
		t.Fatal(err)
	}
	if m := c.McNemar; m.OnlyBaseline != 5 || m.OnlyOther != 7 || !near(m.P, 2*1586/4096.) {
		t.Errorf("McNemar %+v", m)
	}
	if few := c.Figures[3]; few.Value.Known() || few.Interval != nil {
		t.Errorf("Few %+v", few)
	}
	text := c.Verdict("knn", "a", "b", 0.9, 2)
	for _, want := range []string{"knn: the difference of b from a, +5.00 points of top-1, is within the noise (McNemar's exact test: p = 0.77, 0.9 among 2 comparisons (Holm)).", "40 test images tell differences of about "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
	c.Figures[0].Interval = &[2]float64{1, 9}
	if text := c.Verdict("knn", "a", "b", 0.9, 2); !strings.Contains(text, "Its interval leaves out 0") {
		t.Error(text)
	}
	if text := c.Verdict("knn", "a", "b", 0.01, 1); !strings.HasPrefix(text, "knn: b is better than a, +5.00 points of top-1 (McNemar") {
		t.Error(text)
	}
	if _, err := json.Marshal(c); err != nil {
		t.Error(err)
	}
}

// Several fits have an interval of their own, and the p-value of the bootstrap.
func TestCompareSeveralFits(t *testing.T) {
	g := Groups{{0}, {1}, {2}}
	a, y := guesses(300, 3, func(network, _ int) float64 { return []float64{0.5, 0.6}[network] })
	b, _ := guesses(300, 3, func(network, _ int) float64 { return []float64{0.4, 0.6}[network] })
	c, err := CompareImages([][]bool{a[0], b[0]}, [][]bool{a[1], b[1]}, y, 3, g, 3)
	if err != nil {
		t.Fatal(err)
	}
	top := c.Figures[0]
	if c.Fits != 2 || c.McNemar != nil || c.P != 2./1001 || top.Fits == nil || top.Fits.N != 2 || top.Fits.Wins != 2 || !near(top.Fits.Mean, float64(top.Difference)) {
		t.Errorf("%+v: %+v", c, top.Fits)
	}
	if text := c.Verdict("probe", "a", "b", c.P, 1); !strings.Contains(text, "b is better than a") || !strings.Contains(text, "paired bootstrap: p = 0.002") {
		t.Error(text)
	}
	same, err := CompareImages([][]bool{a[0], b[0]}, [][]bool{a[0], b[0]}, y, 3, g, 3)
	if err != nil || same.P != 1 || same.Figures[0].Difference != 0 {
		t.Errorf("of a network with itself: %+v, %v", same, err)
	}
	for _, wrong := range [][][]bool{{}, {a[0]}, {a[0], b[0][1:]}} {
		if _, err := CompareImages([][]bool{a[0], b[0]}, wrong, y, 3, g, 3); err == nil {
			t.Errorf("%d fits: no error", len(wrong))
		}
	}
	if _, err := CompareImages([][]bool{a[0]}, [][]bool{a[1]}, y, 2, g, 3); err == nil {
		t.Error("classes beyond the last: no error")
	}
}

func TestCompareTails(t *testing.T) {
	counts, g := []int{40, 20, 10}, Groups{{0}, {1}, {2}}
	var labels []int
	var good, bad []float64
	for c, n := range counts {
		for i := range n {
			labels = append(labels, c)
			r := rng.New(1, rng.Resample, uint32(c), uint32(i), 0)
			u := float64(r.IntN(1000))
			good, bad = append(good, u+400*float64(c)), append(bad, u)
		}
	}
	list, err := CompareTails(bad, good, labels, counts, g, 5)
	if err != nil {
		t.Fatal(err)
	}
	for n, scores := range [][]float64{bad, good} {
		want, err := TailDiscovery(scores, labels, counts, g)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range []float64{want.Few, want.Size, want.Macro} {
			if got := []float64{list[i].Baseline, list[i].Value}[n]; got != v {
				t.Errorf("%s: %v, want %v", list[i].Measure, got, v)
			}
		}
	}
	for _, d := range list {
		if !(d.Interval[0] > 0 && d.Interval[0] < d.Difference && d.Difference < d.Interval[1]) {
			t.Errorf("%+v", d)
		}
	}
	if _, err := CompareTails(bad, good[1:], labels, counts, g, 5); err == nil {
		t.Error("of other samples: no error")
	}
}
