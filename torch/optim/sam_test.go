package optim_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/optim"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// Steps of two passes give the parameters of the formula in PyTorch; Return restores them to
// the bit, and parameters without a gradient stay.
func TestSAM(t *testing.T) {
	g := torchtest.Open(t, "testdata/sam.safetensors")
	for name, rho := range map[string]float64{"plain": 0.05, "adaptive": 0.5} {
		torchtest.Do(t, func() {
			torch.ManualSeed(1)
			p := []torch.Tensor{draw([]int64{4}).SetRequiresGrad(true), draw([]int64{3, 4}).SetRequiresGrad(true)}
			x, w := draw([]int64{8, 3}), torch.Rand([]int64{8})
			o := optim.NewSGD(p, 0.1, 0.9, 5e-4)
			s := optim.NewSAM(append(p, torch.Ones([]int64{2}).SetRequiresGrad(true)), rho, name == "adaptive")
			pass := func() {
				o.ZeroGrad()
				tanh := torch.Call("tanh", x.Mm(p[1]).Add(p[0]))[0]
				tanh.Square().SumDim([]int64{1}, false).Mul(w).Sum().Backward()
			}
			for range 5 {
				torchtest.Do(t, func() {
					pass()
					before := bytesOf(p...)
					s.Ascend()
					if bytes.Equal(bytesOf(p...), before) {
						t.Error("Ascend moves nothing")
					}
					pass()
					s.Return()
					if !bytes.Equal(bytesOf(p...), before) {
						t.Error("Return leaves other parameters")
					}
					s.Return()
					o.Step()
				})
			}
			for i, q := range p {
				g.Near(fmt.Sprintf("%s/%d", name, i), q, 1e-6)
			}
		})
	}
	g.Unused("")
}
