package augment_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment/internal/opcall"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// goldens is the content of testdata/goldens.json.gz, written by
// testdata/make_goldens.py.
type goldens struct {
	Versions map[string]string
	Images   []goldenImage
	Cases    []struct {
		Op    string
		Image int // index in Images
		Args  []float64
		goldenImage
	}
	Crops []struct { // sizes of boxes that torchvision drew
		W, H   int
		Low    float64        // scale is [Low, 1]
		Counts map[string]int // by "width,height"
	}
}

type goldenImage struct {
	W, H int
	Pix  []byte
}

func (g goldenImage) image() *rgb.Image { return &rgb.Image{W: g.W, H: g.H, Pix: g.Pix} }

func readGoldens(t *testing.T) (g goldens) {
	t.Helper()
	f, err := os.Open("testdata/goldens.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestGoldens compares every operation with Pillow's and torchvision's bytes.
func TestGoldens(t *testing.T) {
	g := readGoldens(t)
	t.Logf("%d cases from %v", len(g.Cases), g.Versions)
	seen := map[string]int{}
	for _, c := range g.Cases {
		src := g.Images[c.Image].image()
		before := src.Clone()
		got, err := opcall.Call(c.Op, src, c.Args)
		if err != nil {
			t.Fatal(err)
		}
		if n, at := differences(got, c.image()); n > 0 {
			t.Errorf("%s%v of %dx%d: %d of %d bytes differ, the first at %d", c.Op, c.Args, src.W, src.H, n, len(c.Pix), at)
		}
		if n, _ := differences(src, before); n > 0 {
			t.Errorf("%s%v changed its source", c.Op, c.Args)
		}
		seen[c.Op]++
	}
	for _, op := range opcall.Names() {
		if seen[op] == 0 {
			t.Errorf("no golden of %s", op)
		}
	}
}

// differences counts the bytes in which two images differ; images of different
// sizes differ everywhere.
func differences(a, b *rgb.Image) (n, first int) {
	if a.W != b.W || a.H != b.H {
		return max(len(a.Pix), len(b.Pix)), 0
	}
	for i, v := range a.Pix {
		if v != b.Pix[i] {
			if n == 0 {
				first = i
			}
			n++
		}
	}
	return n, first
}
