package optim_test

import (
	"bytes"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/optim"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func bytesOf(tensors ...torch.Tensor) (all []byte) {
	for _, t := range tensors {
		all = append(all, t.Bytes()...)
	}
	return all
}

// A learning rate in a tensor gives the bits of the same rate as a number, also after it has
// changed, and a step that is told not to changes neither parameters nor buffers.
func TestRateAndStepUnless(t *testing.T) {
	torchtest.Do(t, func() {
		var sides [2][]byte
		for i := range sides {
			torch.ManualSeed(1)
			p := params()
			o := optim.NewSGD(p, 0.5, 0.9, 5e-4)
			if i == 1 {
				o.Rate = torch.Scalar[float32](0)
			}
			yes, no := torch.Scalar[float32](1), torch.Scalar[float32](0)
			for k := range 4 {
				o.SetLR(1 / float64(int(2)<<k)) // exact in float32
				step(o, p)
				before := bytesOf(append(o.Buffers(), p...)...)
				if o.StepUnless(yes); !bytes.Equal(bytesOf(append(o.Buffers(), p...)...), before) {
					t.Errorf("a step that was told not to has changed something (%d)", i)
				}
				if o.StepUnless(no); bytes.Equal(bytesOf(append(o.Buffers(), p...)...), before) {
					t.Errorf("a step has changed nothing (%d)", i)
				}
			}
			sides[i] = bytesOf(append(o.Buffers(), p...)...)
		}
		if !bytes.Equal(sides[0], sides[1]) {
			t.Error("other bits with the rate in a tensor")
		}
	})
}
