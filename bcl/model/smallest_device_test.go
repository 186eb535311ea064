package model

import (
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The threshold of pruning is the same number on the host and by libtorch, equal weights
// and the ends included.
func TestSmallestOnDevice(t *testing.T) {
	torchtest.Do(t, func() {
		if err := torch.ManualSeed(3); err != nil {
			t.Fatal(err)
		}
		net := NewSDCLR(Config{Arch: "resnet10", Stem: CIFARStem, Width: 4, Classes: 3})
		layers := net.prunables()
		n := 0
		torch.NoGrad(func() {
			layers[1].weight.MulScalar_(0) // ties
			layers[2].weight.Copy_(layers[2].weight.Neg())
		})
		for _, l := range layers {
			n += int(l.weight.Numel())
		}
		for _, k := range []int{0, 1, 143, 144, 145, n / 2, n - 2, n - 1} {
			host, device := torch.Item[float64](smallestOnHost(layers, k)), torch.Item[float64](smallestOnDevice(layers, k))
			if host != device {
				t.Errorf("%d of %d: %v on the host, %v by libtorch", k, n, host, device)
			}
		}
	})
}
