package eval

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// images is a data set of n images of side 8; image i has the single colour (i, 2i, 3i).
type images struct {
	n          int
	unlabelled int // a sample without label, or -1
	broken     int
}

func (m images) Len() int          { return m.n }
func (m images) Classes() []string { return []string{"a", "b", "c"} }
func (m images) Name(i int) string { return fmt.Sprintf("image %d", i) }
func (m images) Label(i int) int {
	if i == m.unlabelled {
		return -1
	}
	return i % 3
}

func (m images) Image(i int) (*rgb.Image, error) {
	if i == m.broken {
		return nil, errors.New("broken image")
	}
	p := rgb.New(8, 8)
	for k := range 64 {
		copy(p.Pix[3*k:], []uint8{uint8(i), uint8(2 * i), uint8(3 * i)})
	}
	return p, nil
}

// mean is a network that returns the mean of each channel.
type mean struct{ nn.Base }

func (*mean) Features() int64 { return 3 }
func (*mean) Inputs(raw []torch.Tensor, d torch.Device) []torch.Tensor {
	return []torch.Tensor{model.FromPixels(raw[0], d)}
}
func (*mean) Forward(x ...torch.Tensor) torch.Tensor { return x[0].MeanDim([]int64{2, 3}, false) }

func TestFeaturesAreInOrder(t *testing.T) {
	torchtest.Do(t, func() {
		for _, batch := range []int{1, 4, 10, 100} {
			for _, workers := range []int{1, 3} {
				done := []int{}
				e := Extractor{Net: &mean{}, Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: batch, Workers: workers}, Progress: func(n, total int) {
					if done = append(done, n); total != 10 {
						t.Errorf("progress of %d", total)
					}
				}}
				s, err := e.Features(context.Background(), images{10, -1, -1})
				if err != nil {
					t.Fatal(err)
				}
				if last := done[len(done)-1]; last != 10 || len(done) != (10+batch-1)/batch {
					t.Errorf("batch %d: progress %v", batch, done)
				}
				for i := range 10 {
					row := torch.Slice[float32](s.X.Select(0, int64(i)).MulScalar(255))
					for c := range row {
						if d := row[c] - float32((c+1)*i); d > 1e-3 || d < -1e-3 {
							t.Errorf("batch %d: image %d has features %v", batch, i, row)
						}
					}
					if s.Y[i] != int64(i%3) {
						t.Errorf("label %d of image %d", s.Y[i], i)
					}
				}
				if !slices.Equal(torch.Slice[int64](s.Labels), s.Y) {
					t.Error("Labels are not Y")
				}
			}
		}
	})
}

// Features are computed in evaluation mode; the network does not change.
func TestFeaturesLeaveTheNetwork(t *testing.T) {
	torchtest.Do(t, func() {
		net := model.NewResNet(model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 2})
		all := func() (b []byte) {
			for _, s := range nn.StateDict(net) {
				b = append(b, s.Tensor.Bytes()...)
			}
			return b
		}
		before := all()
		e := Extractor{Net: net, Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: 4, Workers: 2}}
		var sets [2]Set
		for i, training := range []bool{true, false} {
			if training {
				nn.Train(net)
			} else {
				nn.Eval(net)
			}
			s, err := e.Features(context.Background(), images{6, -1, -1})
			if err != nil {
				t.Fatal(err)
			}
			sets[i] = s
			nn.Walk(net, func(name string, m nn.Module) {
				if nn.IsTraining(m) != training {
					t.Errorf("training of %q went from %v to %v", name, training, !training)
				}
			})
		}
		if !bytes.Equal(all(), before) {
			t.Error("features changed the weights or statistics")
		}
		if !sets[0].X.Equal(sets[1].X) || sets[0].X.RequiresGrad() {
			t.Error("features depend on the mode that the network was in, or have a history")
		}
	})
}

func TestFeaturesErrors(t *testing.T) {
	torchtest.Do(t, func() {
		net := model.NewResNet(model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 1, Classes: 2})
		e := Extractor{Net: net, Images: Images{Plain: views.Plain{Size: 8}, Device: torch.CPU, Batch: 2, Workers: 2}}
		cancelled, cancel := context.WithCancel(context.Background())
		cancel()
		for words, c := range map[string]struct {
			ctx context.Context
			ds  images
		}{
			"no images":            {context.Background(), images{0, -1, -1}},
			"image 3 has no label": {context.Background(), images{5, 3, -1}},
			"broken image":         {context.Background(), images{5, -1, 4}},
			"context canceled":     {cancelled, images{5, -1, -1}},
		} {
			if _, err := e.Features(c.ctx, c.ds); err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("error %v, want %q in it", err, words)
			}
			if !nn.IsTraining(net) {
				t.Errorf("%s: the network was left in evaluation mode", words)
				nn.Train(net)
			}
		}
	})
}
