package eval

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// vectors runs e on all images from a row on.
func vectors(t *testing.T, e *Embedder, ds images, from int) (layers [][]byte) {
	t.Helper()
	layers = make([][]byte, len(e.Layers))
	if err := e.Run(context.Background(), ds, from, func(b [][]byte) error {
		for i := range b {
			layers[i] = append(layers[i], b[i]...)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return layers
}

func TestEmbed(t *testing.T) {
	torchtest.Do(t, func() {
		for _, kind := range model.Kinds() {
			net := kind.New(model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 2}).(model.Projected)
			im := Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: 4, Workers: 2}
			e := &Embedder{Images: im, Net: net.Encoder(), Network: net, DType: torch.Float32, Layers: []string{"projection", "layer2", "features", "layer4"}}
			if w, err := e.Widths(); err != nil || fmt.Sprint(w) != "[128 4 16 16]" {
				t.Errorf("%s: widths %v, %v", kind.Name, w, err)
			}
			got := vectors(t, e, images{10, 3, -1}, 0) // one without a label
			x := Extractor{Net: net.Encoder(), Images: im}
			s, err := x.Features(context.Background(), images{10, -1, -1})
			if err != nil {
				t.Fatal(err)
			}
			if want := s.X.Bytes(); !bytes.Equal(got[2], want) || !bytes.Equal(got[3], want) {
				t.Errorf("%s: features and layer4 differ from those of an Extractor", kind.Name)
			}
			nn.Eval(net)
			if want := net.Project(s.X.Narrow(0, 4, 4)).Bytes(); !bytes.Equal(got[0][4*128*4:8*128*4], want) { // a batch
				t.Errorf("%s: the projection differs from the network's", kind.Name)
			}
			nn.Train(net)
			e.Layers = []string{"features"} // another way through the network
			if alone := vectors(t, e, images{10, -1, -1}, 4); !bytes.Equal(alone[0], got[2][4*16*4:]) {
				t.Errorf("%s: features from row 4 on differ", kind.Name)
			}
			e.Normalize, e.DType = true, torch.Float16
			if half := vectors(t, e, images{10, -1, -1}, 0); !bytes.Equal(half[0], s.X.Normalize(1, 1e-12).To(torch.Float16).Bytes()) {
				t.Errorf("%s: normalised features of float16 differ", kind.Name)
			}
			if !nn.IsTraining(net) {
				t.Errorf("%s: the network was left in evaluation mode", kind.Name)
			}
		}
	})
}

func TestEmbedErrors(t *testing.T) {
	torchtest.Do(t, func() {
		e := &Embedder{Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: 4, Workers: 2}, Net: &mean{}, DType: torch.Float32}
		for words, layers := range map[string][]string{
			`layer "layer3", expected some of features, each once`: {"layer3"},
			`layer "projection"`: {"features", "projection"},
			`layer "features"`:   {"features", "features"},
			"no layers":          nil,
		} {
			e.Layers = layers
			if err := e.Run(context.Background(), images{4, -1, -1}, 0, nil); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%v: %v", layers, err)
			}
		}
		e.Layers = []string{"features"}
		full := errors.New("disk full")
		if err := e.Run(context.Background(), images{40, -1, -1}, 0, func([][]byte) error { return full }); err != full {
			t.Errorf("a failed write: %v", err)
		}
		if err := e.Run(context.Background(), images{40, -1, 9}, 0, func([][]byte) error { return nil }); err == nil || !strings.Contains(err.Error(), "broken image") {
			t.Errorf("a broken image: %v", err)
		}
	})
}

// wide repeats the mean, to 2,048 features.
type wide struct{ mean }

func (*wide) Features() int64 { return 2048 }
func (w *wide) Forward(x ...torch.Tensor) torch.Tensor {
	return w.mean.Forward(x...).Narrow(1, 0, 1).Expand(-1, 2048)
}

// Features of any number of images take the memory of a few batches: here those of 60,000
// would take 490 MB.
func TestEmbedMemory(t *testing.T) {
	torchtest.Do(t, func() {
		e := &Embedder{Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: 256, Workers: 2}, Net: &wide{}, DType: torch.Float32, Layers: []string{"features"}}
		written := 0
		count := func(b [][]byte) error { written += len(b[0]); return nil }
		if err := e.Run(context.Background(), images{2000, -1, -1}, 0, count); err != nil {
			t.Fatal(err)
		}
		before := peak(t)
		if err := e.Run(context.Background(), images{60_000, -1, -1}, 0, count); err != nil {
			t.Fatal(err)
		}
		if written != 62_000*2048*4 {
			t.Errorf("%d bytes", written)
		}
		if more := peak(t) - before; more > 64<<10 {
			t.Errorf("%d kB more memory for 30 times as many images", more)
		}
	})
}

// peak is the most memory that the process had, kB.
func peak(t *testing.T) (kB int) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	if _, err := fmt.Sscan(after, &kB); err != nil {
		t.Fatal(err)
	}
	return kB
}
