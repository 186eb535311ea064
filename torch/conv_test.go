package torch_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// Convolutions with few channels match the values and gradients in float64, with strides
// and in both memory formats.
func TestConv2dOfFewChannels(t *testing.T) {
	torch.ManualSeed(1)
	for channels := int64(1); channels <= 9; channels++ {
		for _, format := range []torch.MemoryFormat{torch.ContiguousFormat, torch.ChannelsLast} {
			for range 5 { // writes past the end show later
				do(t, func() {
					x := torch.Randn([]int64{12, channels, 32, 32}).ToFormat(format)
					w := torch.Randn([]int64{8, channels, 1, 1}).ToFormat(format)
					convolve := func(kind torch.DType) (out []torch.Tensor) {
						x, w := x.To(kind).Detach().SetRequiresGrad(true), w.To(kind).Detach().SetRequiresGrad(true)
						y := torch.Conv2d(x, w, torch.Tensor{}, torch.Conv2dOptions{Stride: 2})
						y.Mul(y).Sum().Backward()
						return []torch.Tensor{y, x.Grad(), w.Grad()}
					}
					want := convolve(torch.Float64)
					for i, got := range convolve(torch.Float32) {
						scale := torch.Item[float64](want[i].Abs().Max())
						if d := torchtest.Difference(got.To(torch.Float64), want[i]); !(d <= 1e-5*scale) {
							t.Errorf("%d channels, %v: result %d differs by %g of %g", channels, format, i, d, scale)
						}
					}
					if shape := want[0].Shape(); shape[2] != 16 || shape[3] != 16 {
						t.Errorf("%d channels: shape %v", channels, shape)
					}
				})
			}
		}
	}
}

// The same without AVX-512, on any machine.
func TestConv2dOfFewChannelsWithAVX2(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute) // threads may wait forever
	defer stop()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestConv2dOfFewChannels$", "-test.count=1")
	cmd.Env = append(os.Environ(), "ONEDNN_MAX_CPU_ISA=AVX2", "BCL_CPU_ALLOCATOR=malloc", "MALLOC_CHECK_=3") // ends at the first bad block
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%.2000s", err, out)
	}
}
