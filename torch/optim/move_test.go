package optim

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// meta is PyTorch's device without memory, the one besides the CPU on every machine.
var meta = torch.Device{Type: 14, Index: -1}

// Adam's counts of steps go where the parameters are, as its means do: the kernel
// for a GPU reads them there. Nothing on the CPU can become a tensor of meta, so
// that the attempt is an error; the kernel itself would take the count as it is.
func TestAdamMovesItsCounts(t *testing.T) {
	adam := func(count torch.Device) *Adam {
		p := torch.Ones([]int64{3}, torch.On(torch.Float32, meta)).SetRequiresGrad(true)
		p.SetGrad(torch.Ones([]int64{3}, torch.On(torch.Float32, meta)))
		o := NewAdam([]torch.Tensor{p}, 0.1, 0)
		o.n[0] = torch.Zeros(nil, torch.On(torch.Float32, count))
		return o
	}
	torchtest.Do(t, func(*torch.Scope) { adam(meta).Step() })
	err := torchtest.Failure(t, func() { adam(torch.CPU).Step() })
	if err == nil || !strings.Contains(err.Error(), "set_data: ") {
		t.Errorf("error %v, want one of moving the count", err)
	}
}
