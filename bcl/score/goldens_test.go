package score

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// goldens are testdata/make_goldens.py's, by scikit-learn, SciPy and NumPy.
type goldens struct {
	Tail struct {
		Counts, Labels     []int
		Score, Value       []float64
		Interval           [][2]float64
		ShuffledSamples    [][2]float64 `json:"shuffled_samples"`
		ShuffledClassSizes [][2]float64 `json:"shuffled_class_sizes"`
	}
	Effect struct {
		Size  [][]int
		Value [][]float64
		Effect
	}
	Paired []struct {
		Differences []float64
		Mean, Std   float64
		Interval    [2]float64
		P           float64
	}
	OverClasses Accuracy `json:"over_classes"`
	Student     [][3]float64
}

func readGoldens(t *testing.T) *goldens {
	t.Helper()
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	g := new(goldens)
	if err := json.Unmarshal(text, g); err != nil {
		t.Fatal(err)
	}
	return g
}

func expect(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v within %v", what, got, want, tolerance)
	}
}

func TestTailIsScikitLearns(t *testing.T) {
	g := readGoldens(t).Tail
	groups, err := ByThirds(g.Counts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := TailDiscovery(g.Score, g.Labels, g.Counts, groups)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range []float64{got.Few, got.Size, got.Macro} {
		expect(t, "measure", v, g.Value[i], 1e-12)
	}
}

// The bootstrap and the permutations are other random numbers than NumPy's.
func TestAssessTailIsNumPys(t *testing.T) {
	g := readGoldens(t).Tail
	groups, _ := ByThirds(g.Counts)
	got, err := AssessTail(g.Score, g.Labels, g.Counts, groups, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range []Estimate{got.Few, got.Size, got.Macro} {
		expect(t, "value", e.Value, g.Value[i], 1e-12)
		for k := range 2 {
			expect(t, "interval", e.Interval[k], g.Interval[i][k], 0.02)
			expect(t, "shuffled samples", e.Samples.Range[k], g.ShuffledSamples[i][k], 0.02)
			expect(t, "shuffled class sizes", e.Classes.Range[k], g.ShuffledClassSizes[i][k], 0.04)
		}
		if e.Samples.P > 0.1 || e.Classes.P < e.Samples.P {
			t.Errorf("measure %d: p %v by samples and %v by classes", i, e.Samples.P, e.Classes.P)
		}
	}
	again, err := AssessTail(g.Score, g.Labels, g.Counts, groups, 3)
	if err != nil || *again != *got {
		t.Errorf("the same seed gives %v and %v, error %v", got, again, err)
	}
}

func TestClassSizeEffectIsLeastSquares(t *testing.T) {
	g := readGoldens(t).Effect
	got, err := ClassSizeEffect(g.Value, g.Size)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "per factor 100", got.Per100, g.Per100, 1e-10)
	expect(t, "se", got.SE, g.SE, 1e-10)
	expect(t, "low", got.Interval[0], g.Interval[0], 1e-10)
	expect(t, "high", got.Interval[1], g.Interval[1], 1e-10)
	expect(t, "class std", got.Classes, g.Classes, 1e-10)
	if got.DF != g.DF {
		t.Errorf("%d degrees of freedom, want %d", got.DF, g.DF)
	}
}

func TestPairsAreSciPys(t *testing.T) {
	for _, g := range readGoldens(t).Paired {
		got, err := Pairs(g.Differences)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "mean", got.Mean, g.Mean, 1e-12)
		expect(t, "std", *got.Std, g.Std, 1e-12)
		expect(t, "low", got.Interval[0], g.Interval[0], 1e-10)
		expect(t, "high", got.Interval[1], g.Interval[1], 1e-10)
		expect(t, "p", *got.P, g.P, 1e-12)
	}
}

func TestStudentIsSciPys(t *testing.T) {
	for _, g := range readGoldens(t).Student {
		expect(t, "cdf", studentT(g[0], int(g[1])), g[2], 1e-13)
	}
	expect(t, "quantile", studentQuantile(0.975, 2), 4.302652729749464, 1e-12)
}

// Results of earlier versions lack the measures over classes.
func TestOverClasses(t *testing.T) {
	want := readGoldens(t).OverClasses
	var old Accuracy
	text, err := json.Marshal(map[string]any{"per_class": want.PerClass})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &old); err != nil {
		t.Fatal(err)
	}
	expect(t, "class std", float64(old.ClassStd), float64(want.ClassStd), 1e-10)
	expect(t, "worst third", float64(old.WorstThird), float64(want.WorstThird), 1e-10)
	expect(t, "harmonic mean", float64(old.Harmonic), float64(want.Harmonic), 1e-10)

	never := Accuracy{PerClass: []Percent{0, 50, None()}}
	never.overClasses()
	if never.Harmonic != 0 || never.WorstThird != 0 || never.ClassStd != 25 {
		t.Errorf("%+v", never)
	}
	nothing := Accuracy{PerClass: []Percent{None()}}
	nothing.overClasses()
	if nothing.Harmonic.Known() || nothing.WorstThird.Known() || nothing.ClassStd.Known() {
		t.Errorf("%+v", nothing)
	}
}
