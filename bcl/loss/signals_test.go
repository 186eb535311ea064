package loss_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The signals of a batch are those of PyTorch's operators (bcl/signal/testdata) and of the
// package's formulas.
func TestSignals(t *testing.T) {
	text, err := os.ReadFile("../signal/testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var g struct {
		Batches []struct {
			signal.Batch
			Signals map[signal.Name][]float64
		}
	}
	if err := json.Unmarshal(text, &g); err != nil || len(g.Batches) == 0 {
		t.Fatal(err)
	}
	torchtest.Do(t, func() {
		for i, b := range g.Batches {
			check := func(what string, got torch.Tensor, want []float64) {
				if d := torchtest.Difference(got, torch.FromSlice(want)); !(d <= 1e-5) {
					t.Errorf("batch %d: %s differs by %g", i, what, d)
				}
			}
			p := loss.NewPairs(tensor(b.Z1, torch.Float32), tensor(b.Z2, torch.Float32), b.Temperature)
			check("loss", p.NTXent(), b.Signals[signal.Loss])
			values := p.Signals(b.Top)
			for k, name := range loss.SignalNames() {
				s, _ := signal.Lookup(name)
				check(string(name), values[k], b.Signals[name])
				check(string(name)+" of the formula", values[k], s.OfBatch(b.Batch))
			}
		}
		if all := append([]signal.Name{signal.Loss}, loss.SignalNames()...); !slices.Equal(all, signal.Recorded()) {
			t.Errorf("signals %v, recorded are %v", all, signal.Recorded())
		}
	})
}

// Loss and gradient have the same bits whether or not the signals are computed.
func TestSignalsLeaveTheLossAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, b := range []int{2, 13, 64} {
		z1, z2 := views(r, b, 16)
		torchtest.Do(t, func() {
			var bits [2][]byte
			for i := range bits {
				x, y := tensor(z1, torch.Float32).SetRequiresGrad(true), tensor(z2, torch.Float32).SetRequiresGrad(true)
				p := loss.NewPairs(x, y, 0.2)
				l := p.NTXent()
				if i == 1 {
					for _, s := range p.Signals(1) {
						if s.RequiresGrad() || s.Size(0) != int64(b) {
							t.Errorf("%v", s)
						}
					}
				}
				l.Mean().Backward()
				bits[i] = slices.Concat(l.Bytes(), x.Grad().Bytes(), y.Grad().Bytes())
			}
			if !bytes.Equal(bits[0], bits[1]) {
				t.Errorf("%d samples: another loss or gradient", b)
			}
		})
	}
}

// BenchmarkSignals is of a batch of 128 and of the published 512, beside the loss and its
// gradient.
func BenchmarkSignals(b *testing.B) {
	for _, n := range []int64{128, 512} {
		for _, with := range []bool{false, true} {
			b.Run(fmt.Sprintf("batch %d, signals %v", n, with), func(b *testing.B) {
				for b.Loop() {
					err := torch.Do(func() error {
						x, y := torch.Randn([]int64{n, 128}).SetRequiresGrad(true), torch.Randn([]int64{n, 128}).SetRequiresGrad(true)
						p := loss.NewPairs(x, y, 0.2)
						if with {
							p.Signals(10)
						}
						p.NTXent().Mean().Backward()
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
