package eval

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// one is a data set of a single image.
type one struct {
	images
	image *rgb.Image
}

func (o one) Image(int) (*rgb.Image, error) { return o.image, nil }

// pixels is a network whose features are the pixels.
type pixels struct {
	mean
	n int64
}

func (p *pixels) Features() int64                      { return p.n }
func (*pixels) Forward(x ...torch.Tensor) torch.Tensor { return x[0].Permute(0, 2, 3, 1).Flatten(1) }

// The network gets the bytes of torchvision's Resize and CenterCrop, with either filter,
// by the goldens of package augment.
func TestResizeIsTorchvisions(t *testing.T) {
	f, err := os.Open("../augment/testdata/goldens.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var goldens struct {
		Images []rgb.Image
		Cases  []struct {
			Op    string
			Image int
			Args  []float64 // shorter side, size, filter
			Pix   []byte
		}
	}
	if err := json.NewDecoder(z).Decode(&goldens); err != nil {
		t.Fatal(err)
	}
	seen := map[augment.Filter]int{}
	torchtest.Do(t, func() {
		for _, c := range goldens.Cases {
			if c.Op != "plain" {
				continue
			}
			e := Extractor{Net: &pixels{n: int64(3 * c.Args[1] * c.Args[1])}, Images: Images{Plain: views.Plain{Size: int(c.Args[1]), Resize: int(c.Args[0]), Filter: augment.Filter(c.Args[2])}, Device: torch.CPU, Batch: 1, Workers: 1}}
			s, err := e.Features(context.Background(), one{images{1, -1, -1}, &goldens.Images[c.Image]})
			if err != nil {
				t.Fatal(err)
			}
			if got := torch.Slice[uint8](torch.Call("round", s.X.MulScalar(255))[0].To(torch.Uint8)); !slices.Equal(got, c.Pix) {
				t.Errorf("image %d, %v: other pixels", c.Image, c.Args)
			}
			seen[e.Filter]++
		}
	})
	if seen[augment.Bicubic] == 0 || seen[augment.Bilinear] == 0 {
		t.Errorf("goldens seen: %v", seen)
	}
}
