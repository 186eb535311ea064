package imbalance

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Measures are those of scikit-learn, SciPy and NumPy (testdata/make_goldens.py).
func TestGoldens(t *testing.T) {
	text, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Sizes []struct {
			Sizes []int
			Want  Sizing
		}
		Partitions []struct {
			A, B []int
			K    int
			Rand float64
		}
		X      []float32
		Width  int
		Spread Spread
		Found  [][]int
		Kept   [][2]Kept
	}
	if err := json.Unmarshal(text, &g); err != nil || len(g.Sizes) < 3 || len(g.Partitions) < 3 || len(g.Kept) < 3 {
		t.Fatalf("goldens: %v", err)
	}
	same := func(what string, got, want, within float64) {
		t.Helper()
		if !(math.Abs(got-want) <= within) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	for _, c := range g.Sizes {
		got := sizing(c.Sizes)
		same("Gini", got.Gini, c.Want.Gini, 1e-12)
		same("entropy", got.Entropy, c.Want.Entropy, 1e-12)
		same("smallest", got.Smallest, c.Want.Smallest, 1e-12)
	}
	for _, c := range g.Partitions {
		same("adjusted Rand index", adjustedRand(c.A, c.B, c.K), c.Rand, 1e-12)
	}
	s, near := spread(matrix{unit(g.X, g.Width), len(g.X) / g.Width, g.Width})
	for i, want := range g.Spread.Tenth {
		same("tenth", s.Tenth[i], want, 1e-6)
	}
	same("hubness", s.Hubness, g.Spread.Hubness, 1e-9)
	same("density", s.Density, g.Spread.Density, 1e-6)
	for seed, want := range g.Kept {
		for h, got := range keep(g.Found, seed, 4, near) {
			same("stability", got.Stability, want[h].Stability, 1e-12)
			same("purity", got.Purity, want[h].Purity, 1e-12)
		}
	}
}

// blobs are normal samples around far centres, of these sizes.
func blobs(width int, sizes ...int) (x []float32) {
	s := rng.New(5, rng.Synth, 0, 0, 0)
	for c, n := range sizes {
		for range n {
			for d := range width {
				v := 0.06 * (s.Float64() + s.Float64() + s.Float64() - 1.5)
				if d == c%width {
					v += 1 - 2*float64(c/width)
				}
				x = append(x, float32(v))
			}
		}
	}
	return x
}

// Clusters that are far apart are found, with their sizes, by every seed; and a set without
// clusters has none.
func TestMeasure(t *testing.T) {
	sizes := []int{120, 70, 40, 25, 15, 10, 8, 6, 6, 6}
	s, err := Measure(blobs(12, sizes...), 12, 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Clusters) != 3 || s.Samples != 306 {
		t.Fatalf("%+v", s)
	}
	c := s.Clusters[0]
	if !slices.Equal(c.Sizes, sizes) || c.Agreement < 1-1e-9 || c.Small.Stability != 1 || c.Gap < 1 {
		t.Errorf("clusters %+v", c)
	}
	if c.Small.Purity > 0.8 || c.Large.Purity < 1-1e-9 { // clusters of 6 have 5 neighbours within
		t.Errorf("purity %+v, %+v", c.Small, c.Large)
	}
	if !s.Groups() || s.Excess < 0.1 || !strings.Contains(s.Say(), "so were long-tailed sets") {
		t.Errorf("excess %v: %s", s.Excess, s.Say())
	}
	even, err := Measure(blobs(12, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30), 12, 3)
	if err != nil {
		t.Fatal(err)
	}
	if even.Clusters[0].Gini != 0 || even.Clusters[0].Entropy < 1-1e-12 || !strings.Contains(even.Say(), "so were balanced sets") {
		t.Errorf("equal clusters: excess %v, %+v: %s", even.Excess, even.Clusters[0], even.Say())
	}
	none, err := Measure(gaussian(blobs(12, sizes...), 12, 9), 12, 3)
	if err != nil {
		t.Fatal(err)
	}
	if none.Groups() || !strings.Contains(none.Say(), "cannot be told") {
		t.Errorf("a Gaussian forms groups: %+v", none.Clusters)
	}
	again, err := Measure(blobs(12, sizes...), 12, 3)
	if a, b := text(t, again), text(t, s); err != nil || a != b {
		t.Errorf("again: %s, want %s", a, b)
	}
}

func text(t *testing.T, s *Summary) string {
	out, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// The null has the mean and the covariance of the samples.
func TestGaussian(t *testing.T) {
	x := blobs(3, 700, 200, 100)
	y := gaussian(x, 3, 1)
	moment := func(x []float32, a, b int) (s float64) {
		ma, mb, n := 0.0, 0.0, float64(len(x)/3)
		for i := 0; i < len(x); i += 3 {
			ma, mb = ma+float64(x[i+a])/n, mb+float64(x[i+b])/n
			s += float64(x[i+a]) * float64(x[i+b]) / n
		}
		return s - ma*mb
	}
	for a := range 3 {
		for b := range a + 1 {
			if got, want := moment(y, a, b), moment(x, a, b); math.Abs(got-want) > 0.02 {
				t.Errorf("covariance %d, %d is %v, want %v", a, b, got, want)
			}
		}
	}
}

// Features that lie in one direction are figures too.
func TestDegenerate(t *testing.T) {
	x := blobs(1, 30, 40)
	x[3] = 0
	s, err := Measure(x, 1, 1)
	if err != nil || s.Groups() && s.Excess != s.Excess {
		t.Fatal(err)
	}
	text(t, s) // JSON has no infinite numbers
}

func TestErrors(t *testing.T) {
	bad := blobs(4, 60)
	bad[7] = float32(math.NaN())
	for want, x := range map[string][]float32{
		"not rows of 4": make([]float32, 3), "49 samples, expected at least 50": blobs(4, 49), "have NaN": bad, "the same features": make([]float32, 400),
	} {
		if _, err := Measure(x, 4, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
