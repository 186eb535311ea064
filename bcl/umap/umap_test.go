package umap

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// sheets returns points of 5 curved sheets in 12 dimensions, and which sheet each is of.
func sheets(n int) (x []float32, of []int) {
	s := rng.New(7, rng.Map, 0, 0, 0)
	for i := range n {
		c := i % 5
		a, b := 3*s.Float64(), s.Float64()
		for d := range 12 {
			v := math.Sin(a+float64(c*d)) + b*math.Cos(float64(d+c)) + 2*math.Cos(float64(7*c+3*d)) + 0.02*s.Float64()
			x = append(x, float32(v))
		}
		of = append(of, c)
	}
	return x, of
}

func layout(t *testing.T, x []float32, dim, epochs int, seed uint64) []float32 {
	t.Helper()
	k, err := Neighbours(x, dim, 14)
	if err != nil {
		t.Fatal(err)
	}
	start, _, err := PCA(x, dim)
	if err != nil {
		t.Fatal(err)
	}
	y, err := Layout(k, start, Options{Epochs: epochs, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// The layout is as trustworthy as umap-learn's of the same points (testdata/compare.py), more
// than the components, and keeps the sheets together.
func TestLayout(t *testing.T) {
	x, of := sheets(400)
	y := layout(t, x, 12, 500, 1)
	got, err := Trustworthiness(x, 12, y, 10)
	if err != nil {
		t.Fatal(err)
	}
	start, _, _ := PCA(x, 12)
	plain, _ := Trustworthiness(x, 12, start, 10)
	const theirs = 0.9970 // umap-learn 0.5.12
	if got < theirs-0.01 || got < plain {
		t.Errorf("trustworthiness %.4f, of umap-learn %.4f, of the components %.4f", got, theirs, plain)
	}
	k, err := Neighbours(y, 2, 5)
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for i, j := range k.Index {
		if of[i/5] == of[j] {
			same++
		}
	}
	if same < len(k.Index)*98/100 {
		t.Errorf("%d of %d neighbours are of the same sheet", same, len(k.Index))
	}
}

func TestSeed(t *testing.T) {
	x, _ := sheets(60)
	a, b, c := layout(t, x, 12, 20, 1), layout(t, x, 12, 20, 1), layout(t, x, 12, 20, 2)
	if !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Error("the layout does not follow the seed")
	}
}

// Points at one place, and few of them, are laid out too.
func TestSamePlace(t *testing.T) {
	y := layout(t, make([]float32, 20*3), 3, 20, 1)
	for _, v := range y {
		if v-v != 0 {
			t.Fatalf("layout %v", y)
		}
	}
}

func TestNeighbours(t *testing.T) {
	k, err := Neighbours([]float32{0, 1, 3, 3.5, 10}, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int32{1, 2, 0, 2, 3, 1, 2, 1, 3, 2}; !slices.Equal(k.Index, want) {
		t.Errorf("%v, want %v", k.Index, want)
	}
	if k.Distance[0] != 1 || k.Distance[9] != 7 {
		t.Errorf("distances %v", k.Distance)
	}
}

// The components are those of a known ellipse.
func TestPCA(t *testing.T) {
	var x []float32
	for i := range 100 {
		a := float64(i) * 2 * math.Pi / 100
		u, v := 5*math.Cos(a), math.Sin(a)
		x = append(x, float32(3+(u-v)/math.Sqrt2), float32((u+v)/math.Sqrt2), 7)
	}
	y, share, err := PCA(x, 3)
	if err != nil || math.Abs(share[0]-25.0/26) > 1e-6 || math.Abs(share[1]-1.0/26) > 1e-6 {
		t.Fatalf("shares %v, error %v", share, err)
	}
	if math.Abs(math.Abs(float64(y[0]))-5) > 1e-4 || math.Abs(float64(y[1])) > 1e-3 {
		t.Errorf("the first point is at %v", y[:2])
	}
}

func TestErrors(t *testing.T) {
	nan := float32(math.NaN())
	for want, err := range map[string]error{
		"are not rows":   second(Neighbours(make([]float32, 5), 2, 1)),
		"2 neighbours":   second(Neighbours(make([]float32, 4), 2, 2)),
		"NaN":            second(Neighbours([]float32{0, nan, 1}, 1, 1)),
		"or infinite":    func() error { _, _, err := PCA([]float32{0, nan, 1}, 1); return err }(),
		"0 values":       func() error { _, _, err := PCA(nil, 1); return err }(),
		"do not fit":     second(Layout(Knn{K: 1, Index: []int32{1, 0}, Distance: []float32{1, 1}}, nil, Options{})),
		"5 neighbours d": second(Trustworthiness(make([]float32, 6), 1, make([]float32, 12), 5)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// umap-learn and scikit-learn agree (make interop).
func TestInteropUMAP(t *testing.T) {
	python := os.Getenv("BCL_PYTHON")
	if python == "" {
		t.Skip("no BCL_PYTHON: make interop sets it")
	}
	x, _ := sheets(400)
	dir := t.TempDir()
	for name, a := range map[string]*npy.Array{"x.npy": npy.FromFloat32s(x, 400, 12), "y.npy": npy.FromFloat32s(layout(t, x, 12, 500, 1), 400, 2)} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := npy.Write(f, a); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	out, err := exec.Command(python, "testdata/compare.py", filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")).CombinedOutput()
	if err != nil {
		t.Errorf("%v", err)
	}
	t.Logf("%s", out)
}

func BenchmarkLayout(b *testing.B) {
	x, _ := sheets(2000)
	for b.Loop() {
		k, err := Neighbours(x, 12, 14)
		if err != nil {
			b.Fatal(err)
		}
		start, _, _ := PCA(x, 12)
		if _, err := Layout(k, start, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
