package views

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/rng"
)

// crop is a golden: a box of an image, flipped or not, as 8 x 8 pixels.
type crop struct {
	Box  [4]int // x, y, width, height
	Flip bool
	Pix  []byte
}

// constant is a data set of one image, many times.
type constant struct {
	dataset.Dataset
	image *rgb.Image
}

func (constant) Len() int                        { return 400 }
func (c constant) Image(int) (*rgb.Image, error) { return c.image, nil }

// Crops are torchvision's, byte by byte: the padded ones at every offset, each of which
// comes up, and the resized ones at the boxes that are drawn.
func TestCropsAreTorchvisions(t *testing.T) {
	text, err := os.ReadFile("testdata/crops.json")
	if err != nil {
		t.Fatal(err)
	}
	var goldens struct {
		Square, Photo []byte
		Pad, Resized  []crop
	}
	if err := json.Unmarshal(text, &goldens); err != nil {
		t.Fatal(err)
	}
	square := constant{image: &rgb.Image{W: 8, H: 8, Pix: goldens.Square}}
	photo := constant{image: &rgb.Image{W: 24, H: 18, Pix: goldens.Photo}}
	view := func(c Crop, ds constant, seed uint64, sample int) []byte {
		dst := make([]byte, 8*8*3)
		if err := c.Of(ds, 8, augment.Bilinear, seed).NewViewer().View([][]byte{dst}, sample, 0, 0, 0); err != nil {
			t.Fatal(err)
		}
		return dst
	}
	seen := make([]int, len(goldens.Pad))
	for i := range square.Len() {
		got, found := view(CropPad, square, 1, i), false
		for k, g := range goldens.Pad {
			if bytes.Equal(g.Pix, got) {
				seen[k]++
				found = true
			}
		}
		if !found {
			t.Fatalf("sample %d: a padded crop that torchvision does not make", i)
		}
	}
	for k, n := range seen {
		if n == 0 {
			t.Errorf("box %v, flip %v: never drawn", goldens.Pad[k].Box, goldens.Pad[k].Flip)
		}
	}

	recipe := &augment.Pipeline{Size: 8, Filter: augment.Bilinear, Scale: [2]float64{0.08, 1}, Ratio: [2]float64{3. / 4, 4. / 3}, Flip: 0.5}
	worker, want := recipe.NewWorker(), make([]byte, 8*8*3)
	for _, g := range goldens.Resized {
		b := augment.Box{X: g.Box[0], Y: g.Box[1], W: g.Box[2], H: g.Box[3]}
		if worker.Apply(want, photo.image, &augment.Params{Crop: b, Flip: g.Flip}); !bytes.Equal(want, g.Pix) {
			t.Errorf("box %v, flip %v: other pixels than torchvision's", g.Box, g.Flip)
		}
	}
	for i := range 20 {
		var p augment.Params
		s := rng.New(3, rng.Probe, 0, uint32(i), rng.ProbeView)
		recipe.Draw(&p, &s, 24, 18, augment.Strength{})
		if worker.Apply(want, photo.image, &p); !bytes.Equal(want, view(CropResized, photo, 3, i)) {
			t.Errorf("sample %d: other pixels than those of its box", i)
		}
	}
}
