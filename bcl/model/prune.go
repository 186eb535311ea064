package model

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/rng"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Pruning is how many of the convolutions' weights are pruned in the pruned branch.
type Pruning struct {
	Share  float64 // of all weights, 0.9 in the published runs
	Random float64 // the part of Share that is pruned at random, 0 in the published runs
}

// Check returns a [*field.Error] if p cannot be used.
func (p Pruning) Check() error {
	return cmp.Or(
		field.Expect(p.Share >= 0 && p.Share < 1, "Share", p.Share, "a share in [0, 1)"),
		field.Expect(p.Random >= 0 && p.Random <= p.Share, "Random", p.Random, fmt.Sprintf("0 to the share that is pruned, %v", p.Share)),
	)
}

// counts returns how many of n weights are pruned by magnitude, and the probability of
// pruning each of the others.
func (p Pruning) counts(n int) (magnitude int, prob float64) {
	total := float64(n)
	magnitude = int(math.Ceil((p.Share - p.Random) * total))
	if left := n - magnitude; left > 0 {
		prob = math.Ceil(p.Random*total) / float64(left)
	}
	return magnitude, prob
}

// Prune makes the masks of the pruned branch from the current weights: of all n weights
// of convolutions together, the ceil((Share-Random)*n) of least magnitude are pruned
// (those with |w| >= the next one's |w| are kept, so of equal weights all are kept or
// none). Each of the others is pruned with the probability that prunes another Random*n
// on average, drawn from the streams rng.Prune of the epoch.
//
// This is the rule of the authors' code, which recomputes the masks at the start of
// each epoch by sorting all weights; here they are selected.
func (m *SDCLR) Prune(p Pruning, seed uint64, epoch int) error {
	if err := p.Check(); err != nil {
		return err
	}
	layers := m.prunables()
	if len(layers) == 0 {
		return errors.New("the encoder has no convolutions made by its Layers: there is nothing to prune, and both branches would be one")
	}
	return torch.Do(func() error {
		n := 0
		for _, l := range layers {
			n += int(l.weight.Numel())
		}
		prune, prob := p.counts(n)
		threshold := smallestOnHost
		if layers[0].weight.Device().IsCUDA() {
			threshold = smallestOnDevice
		}
		least := threshold(layers, min(prune, n-1))
		for i, l := range layers {
			kept := torch.Call("ge.Tensor", l.weight.Detach().Abs(), least)[0]
			if prob > 0 {
				spared := spare(int(l.weight.Numel()), prob, rng.New(seed, rng.Prune, uint32(epoch), uint32(i), 0))
				kept = kept.Mul(torch.FromSlice(spared, l.weight.Shape()...).ToDevice(kept.Device()))
			}
			l.mask.Copy_(kept)
		}
		return nil
	})
}

// smallestOnHost returns the k-th smallest magnitude of all weights, counted from 0, as a
// scalar tensor.
func smallestOnHost(layers []*prunable, k int) torch.Tensor {
	var weights [][]float32
	for _, l := range layers {
		weights = append(weights, torch.Slice[float32](l.weight.Detach()))
	}
	return torch.FromSlice([]float32{smallest(weights, k)}).Reshape()
}

// smallestOnDevice is smallestOnHost by libtorch: the weights stay where they are. On a CPU
// it is slower.
func smallestOnDevice(layers []*prunable, k int) torch.Tensor {
	var flat []torch.Tensor
	for _, l := range layers {
		flat = append(flat, l.weight.Detach().Abs().Reshape(-1))
	}
	return torch.Call("kthvalue", torch.Cat(flat, 0), k+1, 0, false)[0]
}

// spare draws which of n weights are kept, each with probability 1-prob.
func spare(n int, prob float64, s rng.Stream) []bool {
	limit := uint64(prob * (1 << 32))
	stay := make([]bool, n)
	for i := range stay {
		stay[i] = uint64(s.Uint32()) >= limit
	}
	return stay
}

// Masks returns the masks of the pruned branch by the names of their weights, 1 where a
// weight is used. They are not part of the state dict; a checkpoint within an epoch needs
// them, because the weights have changed since. The tensors belong to m.
func (m *SDCLR) Masks() []nn.Named {
	var masks []nn.Named
	nn.Walk(m, func(name string, layer nn.Module) {
		if p, ok := layer.(*prunable); ok {
			masks = append(masks, nn.Named{Name: name + ".weight", Tensor: p.mask})
		}
	})
	return masks
}

// SetMasks restores masks that Masks returned. Unless all fit it changes nothing.
func (m *SDCLR) SetMasks(masks []nn.Named) error {
	own := m.Masks()
	if len(masks) != len(own) {
		return fmt.Errorf("%d masks, expected %d", len(masks), len(own))
	}
	for i, o := range own {
		if got := masks[i]; got.Name != o.Name || !slices.Equal(got.Tensor.Shape(), o.Tensor.Shape()) {
			return fmt.Errorf("mask %d is %s %v, expected %s %v", i, got.Name, got.Tensor.Shape(), o.Name, o.Tensor.Shape())
		}
	}
	for i, o := range own {
		o.Tensor.Copy_(masks[i].Tensor)
	}
	return nil
}

func (m *SDCLR) prunables() []*prunable {
	var layers []*prunable
	nn.Walk(m, func(_ string, layer nn.Module) {
		if p, ok := layer.(*prunable); ok {
			layers = append(layers, p)
		}
	})
	return layers
}
