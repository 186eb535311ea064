package torch_test

import (
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// On a GPU, BatchNormAct is as far from the operators that it stands for as the order of sums
// and a rounding make it, and has the same bits twice.
func TestBatchNormActOnAGPU(t *testing.T) {
	if cudaError != nil {
		t.Skip(cudaError)
	}
	torchtest.NeedsNumbers(t)
	for _, shape := range [][]int64{{8, 16, 6, 6}, {8, 48, 5, 7}, {3, 512, 4, 4}, {64, 128}, {8, 24, 3, 3}, {130, 64, 23, 23}} {
		for _, dtype := range []torch.DType{torch.Float32, torch.BFloat16} {
			for _, kind := range []struct{ shortcut, relu bool }{{false, false}, {false, true}, {true, false}, {true, true}} {
				c := normCase{shape, dtype, kind.shortcut, kind.relu, true}
				do(t, func() {
					d, e := c.data().on(torch.CUDA(0)), c.data().on(torch.CUDA(0))
					want, got, again := c.runOn(c.data().on(torch.CUDA(0)), false), c.runOn(d, true), c.runOn(e, true)
					for name := range want {
						if !same(got[name], again[name]) {
							t.Errorf("%+v: %s differs from one run to the next", c, name)
						}
						bound := 1e-4
						if dtype == torch.BFloat16 {
							bound = 2e-2
						}
						a, b := got[name].To(torch.Float32), want[name].To(torch.Float32)
						scale := float64(torch.Slice[float32](b.Abs().Max())[0]) + 1e-6
						if far := float64(torch.Slice[float32](a.Sub(b).Abs().Max())[0]) / scale; !(far <= bound) {
							t.Errorf("%+v: %s is %.1e of its largest element away, expected at most %.0e", c, name, far, bound)
						}
					}
				})
			}
		}
	}
}
