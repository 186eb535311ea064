package optim

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// meta is PyTorch's device without memory, the only one besides the CPU on every machine.
var meta = torch.Device{Type: 14, Index: -1}

// Adam's step counts move with the parameters, like its means: the GPU kernel reads them
// on the device. Tensors with data cannot move to meta, so the attempt is an error; if
// everything is on meta, the kernel fails.
func TestAdamMovesItsCounts(t *testing.T) {
	step := func(count torch.Device) {
		p := torch.Ones([]int64{3}, torch.On(torch.Float32, meta)).SetRequiresGrad(true)
		p.SetGrad(torch.Ones([]int64{3}, torch.On(torch.Float32, meta)))
		o := NewAdam([]torch.Tensor{p}, 0.1, 0)
		o.n[0] = torch.Zeros(nil, torch.On(torch.Float32, count))
		o.Step()
	}
	for count, want := range map[torch.Device]string{torch.CPU: "set_data: ", meta: "_fused_adam_: "} {
		err := torchtest.Failure(t, func() { step(count) })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("step count on %v: error %v, want one of %s", count, err, want)
		}
	}
}
