package train

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// stored is a source of two given views of each sample, 16 x 16 pixels.
type stored []byte

const storedBytes = 16 * 16 * 3

func (s stored) Len() int { return len(s) / storedBytes / 2 }
func (stored) Views() [][]sampler.Spec {
	one := []sampler.Spec{{DType: dtype.Uint8, Shape: []int64{16, 16, 3}}}
	return [][]sampler.Spec{one, one}
}
func (s stored) NewViewer() sampler.Viewer { return s }
func (s stored) View(dst [][]byte, sample int, _ float64, _, view int) error {
	copy(dst[0], s[(2*sample+view)*storedBytes:])
	return nil
}

// some is every k-th element, as testdata/make_perview.py takes them.
func some(x torch.Tensor) torch.Tensor {
	x = x.Detach().Contiguous(torch.ContiguousFormat).Flatten(0)
	k := max(1, x.Numel()/64)
	return x.IndexSelect(0, torch.Arange(0, (x.Numel()+k-1)/k).Mul(torch.Scalar(k)))
}

// Views apart, from PyTorch's initial weights and with a normalisation of their own, give
// PyTorch's losses, gradients and running statistics; together they give others.
func TestViewsApartArePyTorchs(t *testing.T) {
	const near = 2e-5 // of kernels of other processors
	g := torchtest.Open(t, "testdata/perview.safetensors")
	torchtest.Do(t, func() {
		source := stored(torch.Slice[uint8](g.Tensor("pixels")))
		config := tiny
		config.Init = model.PyTorch
		config.Input = model.Normalization{Mean: [3]float32{0.4914, 0.4822, 0.4465}, Std: [3]float32{0.2023, 0.1994, 0.2010}}
		for _, bn := range []string{PerView, Joint} {
			torchtest.Do(t, func() {
				c := Default(method.SimCLR)
				c.BN, c.Batch = bn, 8
				tr, err := New(c, config, source, torch.CPU)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range nn.NamedParameters(tr.Net) {
					g.Exact("weight/"+p.Name, some(p.Tensor))
				}
				loader, err := sampler.NewLoader(source, 1, nil)
				if err != nil {
					t.Fatal(err)
				}
				e := loader.Epoch(1, 1, func(int) []int { return []int{0, 1, 2, 3, 4, 5, 6, 7} }, func(int) float64 { return 0 })
				defer e.Close()
				b, err := e.Next()
				if err != nil {
					t.Fatal(err)
				}
				nn.Train(tr.Net)
				l := tr.objective.Losses(Views{batch: b, run: tr.forward}, 1)
				if bn == Joint {
					if d := torchtest.Difference(l.PerSample, g.Tensor("losses")); d < 1e-3 {
						t.Errorf("views together have the losses of views apart, within %g", d)
					}
					return
				}
				g.Near("losses", l.PerSample, near)
				l.Mean().Backward()
				parameters := map[string]bool{}
				for _, p := range nn.NamedParameters(tr.Net) {
					parameters[p.Name] = true
					g.Near("grad/"+p.Name, some(p.Tensor.Grad()), 5*near)
				}
				for _, s := range nn.StateDict(tr.Net) {
					if !parameters[s.Name] {
						g.Near("buffer/"+s.Name, some(s.Tensor), near)
					}
				}
			})
		}
	})
	g.Unused("")
}

// Runs with views apart are the same again, and differ from those with views together.
func TestViewsApartTrain(t *testing.T) {
	c := small(method.BCLI)
	joint, _ := trained(t, c)
	c.BN = PerView
	apart, _ := trained(t, c)
	again, _ := trained(t, c)
	if string(apart) != string(again) || string(apart) == string(joint) {
		t.Errorf("the same again: %v; as views together: %v", string(apart) == string(again), string(apart) == string(joint))
	}
	c.BN = "apart"
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "joint or per-view") {
		t.Errorf("BN apart: error %v", err)
	}
}
