package report

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// The eigenvalues are those of a matrix built from known ones, of the smaller product.
func TestEigenvalues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range [][2]int{{1, 1}, {2, 5}, {5, 2}, {40, 30}} {
		x := mat.NewDense(c[0], c[1], nil)
		squares := 0.0
		for i := range c[0] {
			for j := range c[1] {
				v := r.NormFloat64()
				x.Set(i, j, v)
				squares += v * v
			}
		}
		values, err := eigenvalues(x)
		if err != nil || len(values) != min(c[0], c[1]) {
			t.Fatal(err, values)
		}
		for _, v := range values {
			squares -= v
		}
		if math.Abs(squares) > 1e-9 {
			t.Errorf("%v: the sum is off by %g", c, squares)
		}
	}
	// X X^T has 2 on its diagonal and 1 beside it: 2 - sqrt 2, 2, 2 + sqrt 2.
	values, err := eigenvalues(mat.NewDense(3, 4, []float64{1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1}))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{2 - math.Sqrt2, 2, 2 + math.Sqrt2} {
		if math.Abs(values[i]-want) > 1e-12 {
			t.Errorf("%v, want %v at %d", values, want, i)
		}
	}
}

// Many dead directions and scales far apart, as networks have after few epochs, have a rank, as
// have values whose squares float32 does not hold.
func TestRankOfGraded(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for _, scale := range []float32{1, 1e-30, 1e18} {
		for _, ratio := range []float64{1, 1e-2, 1e-5} {
			const n, width = 512, 128
			x := make([]float32, n*width)
			for i := range n {
				for k := range 24 {
					v := math.Pow(ratio, float64(k)) * r.NormFloat64()
					for d := k; d < width; d += 24 + k%3 { // some directions follow others exactly
						x[i*width+d] += scale * float32(v)
					}
				}
			}
			got, err := effectiveRank(x, width)
			if err != nil || !(got >= 1 && got <= 24.001) {
				t.Errorf("scale %g, ratio %g: rank %v, %v", scale, ratio, got, err)
			}
		}
	}
}

// Points that fill k directions evenly have the rank k, whichever side is longer.
func TestEffectiveRank(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct{ n, width, k int }{{400, 20, 5}, {60, 100, 3}, {600, 8, 8}, {50, 6, 0}} {
		x := make([]float32, c.n*c.width)
		for i := range c.n {
			for d := range c.width {
				x[i*c.width+d] = 7
				if d < c.k {
					x[i*c.width+d] += float32(r.NormFloat64())
				}
			}
		}
		got, err := effectiveRank(x, c.width)
		if want := float64(max(c.k, 1)); err != nil || got > want+1e-6 || got < 0.97*want {
			t.Errorf("%+v: %.3f, error %v", c, got, err)
		}
	}
}

// shown returns a run with vectors of its samples: those of a class near each other, or all
// at one place.
func shown(t *testing.T, collapse bool) *Run {
	t.Helper()
	r := read(t, trained(t, "a", 4, 1, true), "common", "some", hostile)
	g := rand.New(rand.NewPCG(5, 6))
	v := Vectors{Width: 8, Projected: 6}
	for i := range 60 {
		v.Rows = append(v.Rows, i)
		m := rgb.New(70, 50)
		m.Pix[3*i] = 200
		v.Images = append(v.Images, m)
		for d := range 8 {
			x := float32(0.1 * g.NormFloat64())
			if d == r.Labels[i] {
				x++
			}
			v.Features = append(v.Features, x)
		}
		for d := range 6 {
			a, b := g.NormFloat64(), 0.1*g.NormFloat64()
			if collapse {
				a, b = 1+0.01*a*float64(d%2), 0
			}
			v.Views[0], v.Views[1] = append(v.Views[0], float32(a)), append(v.Views[1], float32(a+b))
		}
	}
	copy(v.Features[8:16], v.Features[:8]) // the second image is the first
	if err := r.Show(v); err != nil {
		t.Fatal(err)
	}
	r.names[3] = "\x1b[2J\u202egpj"
	b := Boosted{Name: hostile + "\x1b\u202e", Class: hostile, Weight: 1, Image: v.Images[0], Views: v.Images[:4]}
	r.Pictures = &Pictures{Most: []Boosted{b}, Least: []Boosted{b}, Weights: []float64{0, 0.5, 1}, Ladders: []Boosted{{Name: "x", Image: v.Images[0], Views: v.Images[:3]}}}
	return r
}

func TestFeatures(t *testing.T) {
	r := shown(t, false)
	f := r.Features
	if v := r.collapsed(); v.Level != Good || !strings.Contains(v.Why, "of 6 directions") {
		t.Errorf("%+v", v)
	}
	if f.Alignment < 0.001 || f.Alignment > 0.1 || f.Uniformity > -1.5 || f.Uniformity < -4 {
		t.Errorf("alignment %v, uniformity %v", f.Alignment, f.Uniformity)
	}
	if d := f.duplicates(3); len(d) == 0 || d[0].a != 0 || d[0].b != 1 || d[0].cosine < 0.9999 {
		t.Errorf("duplicates %v", d)
	}
	if o := f.outliers(3); len(o) != 3 || o[0].cosine > o[1].cosine {
		t.Errorf("outliers %v", o)
	}
	for _, c := range f.confusions(r.Labels, 3, 9) {
		if c.share > 0.2 {
			t.Errorf("%+v: the classes lie apart", c)
		}
	}
	text := page(t, r)
	for _, want := range []string{"Most boosted", "Views by weight", "<span>0.5</span>", "Nearest neighbours", "Likely duplicates", "Outliers", "data-map", "data:image/jpeg;base64,", "UMAP"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if strings.ContainsAny(text, "\x1b\u202e") {
		t.Error("a name gives orders to a terminal, or turns the text around it")
	}
	if strings.Contains(text, "<img src=x") || strings.Count(text, "</script>") != 1 || strings.Contains(text, "ZgotmplZ") {
		t.Error("a name is not escaped")
	}
	if v := shown(t, true).collapsed(); v.Level != Bad {
		t.Errorf("all at one place: %+v", v)
	}
}

func TestShowErrors(t *testing.T) {
	for _, v := range []Vectors{{}, {Rows: []int{0, 1, 2}, Width: 2, Features: make([]float32, 5)}, {Rows: []int{0, 1, 2}, Width: 1, Features: make([]float32, 3), Projected: 2, Views: [2][]float32{make([]float32, 4), make([]float32, 2)}}} {
		if err := (&Run{}).Show(v); err == nil {
			t.Errorf("%+v: no error", v)
		}
	}
}

// A figure that cannot be computed is said not to be known, and the page has the others.
func TestNotKnown(t *testing.T) {
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		change   func(v *Vectors)
		level    string
		has, not []string
	}{
		"features":    {func(v *Vectors) { v.Features[9] = nan }, Good, []string{"Without the rank of the features", "Without map, neighbours"}, []string{`data-map="`}},
		"projections": {func(v *Vectors) { v.Views[0][7] = nan }, Unknown, []string{"Without the rank of the projections", "Alignment and uniformity are not known", `data-map="`}, nil},
		"both":        {func(v *Vectors) { v.Features[9], v.Views[0][7] = nan, float32(math.Inf(1)) }, Unknown, []string{"Did the features collapse?", "Not known"}, []string{`data-map="`}},
		"view 2":      {func(v *Vectors) { v.Views[1][7] = nan }, Good, []string{"Alignment and uniformity are not known", "directions (effective rank)", `data-map="`}, nil},
	} {
		v := shown(t, false).Features.Vectors
		r := read(t, trained(t, "a", 4, 1, true), "common", "some", hostile)
		c.change(&v)
		if err := r.Show(v); err != nil {
			t.Fatal(err)
		}
		if got := r.collapsed(); got.Level != c.level {
			t.Errorf("%s: %+v", name, got)
		}
		text := page(t, r)
		for _, want := range c.has {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in the page", name, want)
			}
		}
		for _, bad := range append(c.not, "NaN of") {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %q is in the page", name, bad)
			}
		}
	}
}

// A page of more images than it has room for shows fewer, and says so.
func TestSize(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds of noise as images")
	}
	r := shown(t, false)
	g := rand.New(rand.NewPCG(7, 8))
	noise := rgb.New(56, 56)
	for i := range noise.Pix {
		noise.Pix[i] = uint8(g.Uint32())
	}
	b := Boosted{Name: "noise", Weight: 1, Image: noise, Views: []*rgb.Image{noise, noise, noise, noise}}
	for range 200 {
		r.Pictures.Most = append(r.Pictures.Most, b)
	}
	text := page(t, r, r)
	if len(text) > MaxBytes || len(text) < MaxBytes/5 || !strings.Contains(text, "of its images are shown") {
		t.Errorf("%d bytes, expected at most %d", len(text), MaxBytes)
	}
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.html")
	if err := WriteFile(path, shown(t, false)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() < 10_000 || info.Size() > MaxBytes {
		t.Errorf("%v, %v", info, err)
	}
}
