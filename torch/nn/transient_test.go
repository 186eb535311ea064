package nn_test

import (
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// Transient state moves with its module and is in none of the lists.
func TestTransient(t *testing.T) {
	torchtest.Do(t, func() {
		m := &nn.Identity{}
		mask := nn.Transient(m, "mask", torch.Ones([]int64{2, 3, 4, 5}))
		if n := len(nn.StateDict(m)) + len(nn.Parameters(m)); n != 0 {
			t.Errorf("%d tensors in the lists, want none", n)
		}
		nn.ToChannelsLast(m)
		if !mask.IsContiguous(torch.ChannelsLast) {
			t.Error("it does not follow the module's memory format")
		}
	})
}
