package harmony

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// Histories have the bits of the authors' rule in torch float32, shares those of their counts.
func TestPopulationIsTheAuthors(t *testing.T) {
	g := torchtest.Open(t, "testdata/goldens.safetensors")
	var of struct {
		Samples, Classes, Batch, First, Epochs int
		Momentum                               float64
	}
	g.JSON("population", &of)
	c := Config{Momentum: of.Momentum}
	p := NewPopulation(of.Samples, of.Classes)
	torchtest.Do(t, func() {
		for epoch := 1; epoch <= of.Epochs; epoch++ {
			name := fmt.Sprintf("epoch%d/", epoch)
			logits := torch.Slice[float32](g.Tensor(name + "logits"))
			var order []int
			for _, i := range torch.Slice[int64](g.Tensor(name + "order")) {
				order = append(order, int(i))
			}
			for batch := range slices.Chunk(order, of.Batch) {
				n := len(batch) * of.Classes
				p.Observe(batch, logits[:n], c.keep(epoch, of.First))
				logits = logits[n:]
			}
			g.Same(name+"history", torch.FromSlice(p.history, int64(of.Samples), int64(of.Classes)))
			p.Estimate(0)
			g.Same(name+"shares", torch.FromSlice(p.Shares()))
		}
	})
	g.Unused("epoch")
}

func TestShares(t *testing.T) {
	p := NewPopulation(4, 3)
	if p.Shares() != nil {
		t.Errorf("shares %v before an estimate", p.Shares())
	}
	p.Observe([]int{0, 1, 2, 3}, []float32{0, 1, 0, 0, 1, 0, 0.5, 0.5, 0, 0, 0, 1}, 0) // sample 2: the first of equals
	for floor, want := range map[int][]float64{0: {0.25, 0.5, 0.25}, 2: {0.3, 0.4, 0.3}} {
		if p.Estimate(floor); !slices.Equal(p.Shares(), want) {
			t.Errorf("floor %d: shares %v, want %v", floor, p.Shares(), want)
		}
	}
	p.Observe([]int{1}, []float32{0, 0, 1}, 0.25)
	if p.Estimate(0); !slices.Equal(p.Shares(), []float64{0.25, 0.25, 0.5}) {
		t.Errorf("after sample 1 moved: shares %v", p.Shares())
	}
}
