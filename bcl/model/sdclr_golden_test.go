package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// sdclrGoldens is testdata/sdclr.json, which make_sdclr.py wrote.
type sdclrGoldens struct {
	Initial map[string]struct {
		Tensors int
		SHA256  string
		Masks   struct {
			Weights, Kept int64
			SHA256        string
		}
	}
	Step struct {
		Losses, Full, Pruned []float64
		GradientNorms        map[string]float64 `json:"gradient_norms"`
		BufferNorms          map[string]float64 `json:"buffer_norms"`
	}
}

func loadSDCLRGoldens(t *testing.T) (g sdclrGoldens) {
	t.Helper()
	text, err := os.ReadFile("testdata/sdclr.json")
	if err == nil {
		err = json.Unmarshal(text, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// seeded returns the SDCLR network of a seed.
func seeded(t *testing.T, arch string, width int) *SDCLR {
	t.Helper()
	if err := torch.ManualSeed(10); err != nil {
		t.Fatal(err)
	}
	return NewSDCLR(Config{Arch: arch, Stem: CIFARStem, Width: width, Classes: 100})
}

// Names, order, initial weights and masks are those of the authors' code. The hash of
// resnet18 was compared with that code.
func TestSDCLRStartsAsPyTorch(t *testing.T) {
	g := loadSDCLRGoldens(t)
	for _, c := range []struct {
		key, arch string
		width     int
	}{{"resnet10 4", "resnet10", 4}, {"resnet18 64", "resnet18", 64}, {"resnet50 4", "resnet50", 4}} {
		t.Run(c.arch, func(t *testing.T) {
			if !torchtest.HasAVX2() {
				t.Skip("this processor draws normal numbers with other bits")
			}
			want := g.Initial[c.key]
			torchtest.Do(t, func() {
				net := seeded(t, c.arch, c.width)
				h := sha256.New()
				state := nn.StateDict(net)
				for _, n := range state {
					h.Write(append([]byte(n.Name), 0))
					h.Write(n.Tensor.Bytes())
				}
				if got := hex.EncodeToString(h.Sum(nil)); got != want.SHA256 || len(state) != want.Tensors {
					t.Errorf("%d tensors with hash %s, want %d with %s", len(state), got, want.Tensors, want.SHA256)
				}
				if err := net.Prune(Pruning{Share: 0.9}, 1, 1); err != nil {
					t.Fatal(err)
				}
				h.Reset()
				weights, kept := int64(0), 0.0
				for _, m := range net.Masks() {
					weights += m.Tensor.Numel()
					kept += torch.Item[float64](m.Tensor.Sum())
					h.Write(m.Tensor.To(torch.Bool).Bytes())
				}
				if got := hex.EncodeToString(h.Sum(nil)); got != want.Masks.SHA256 || weights != want.Masks.Weights || int64(kept) != want.Masks.Kept {
					t.Errorf("masks keep %v of %d weights, hash %s; want %+v", kept, weights, got, want.Masks)
				}
			})
		})
	}
}

// patterned makes the views of make_sdclr.py.
func patterned(n, size, k int) torch.Tensor {
	x := make([]float32, n*3*size*size)
	for i := range x {
		x[i] = float32((i*7919*k+i*i*k)%1009) / 1008
	}
	return torch.FromSlice(x, int64(n), 3, int64(size), int64(size))
}

// One pruned pass gives the results of the authors' step of three passes in PyTorch:
// losses, projections, gradients, running statistics.
func TestSDCLRStepIsPyTorchs(t *testing.T) {
	if !torchtest.HasAVX2() {
		t.Skip("this processor draws normal numbers with other bits")
	}
	g := loadSDCLRGoldens(t).Step
	torchtest.Do(t, func() {
		net := seeded(t, "resnet10", 4)
		if err := net.Prune(Pruning{Share: 0.9}, 1, 1); err != nil {
			t.Fatal(err)
		}
		z1, z2 := net.Forward(patterned(6, 16, 1)), net.ForwardPruned(patterned(6, 16, 3))
		losses := loss.NTXent(z1, z2, 0.2)
		losses.Mean().Backward()
		near(t, "losses", g.Losses, losses)
		near(t, "full", g.Full, z1.Narrow(1, 0, 4))
		near(t, "pruned", g.Pruned, z2.Narrow(1, 0, 4))
		norm := func(x torch.Tensor) torch.Tensor { return x.Detach().To(torch.Float64).Norm() }
		buffers := map[string]torch.Tensor{}
		for _, n := range nn.StateDict(net) {
			buffers[n.Name] = n.Tensor
		}
		for _, p := range nn.NamedParameters(net) {
			near(t, "gradient of "+p.Name, []float64{g.GradientNorms[p.Name]}, norm(p.Tensor.Grad()))
			delete(buffers, p.Name)
		}
		if len(buffers) != len(g.BufferNorms) {
			t.Errorf("%d buffers, want %d", len(buffers), len(g.BufferNorms))
		}
		for name, b := range buffers {
			near(t, name, []float64{g.BufferNorms[name]}, norm(b))
		}
	})
}

func near(t *testing.T, what string, want []float64, got torch.Tensor) {
	t.Helper()
	values := torch.Slice[float64](got.Detach().To(torch.Float64).Flatten(0))
	if len(values) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(values), len(want))
	}
	for i, v := range values {
		if !(math.Abs(v-want[i]) <= 2e-4*(0.01+math.Abs(want[i]))) {
			t.Errorf("%s: value %d is %v, want %v", what, i, v, want[i])
			return
		}
	}
}
