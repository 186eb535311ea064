package pretrained

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// A network that begins with a backbone has its features, and keeps its projector.
func TestBegin(t *testing.T) {
	torchtest.Do(t, func() {
		b := extract(t, state(t, small, func(name string, x torch.Tensor) (torch.Tensor, bool) {
			if strings.HasSuffix(name, "running_mean") {
				x = x.AddScalar(0.25)
			}
			return x, !strings.HasPrefix(name, "fc.")
		}))
		theirs, err := Load(b, NotNormalized)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range model.Kinds() {
			if err := torch.ManualSeed(5); err != nil {
				t.Fatal(err)
			}
			net := kind.New(small)
			heads := func() (values []float32) {
				for _, n := range nn.StateDict(net) {
					if !slices.ContainsFunc([]string{"conv1", "bn1", "layer", "downsample", "normalize"}, func(part string) bool { return strings.Contains(n.Name, part) }) {
						values = append(values, torch.Slice[float32](n.Tensor.To(torch.Float32))...)
					}
				}
				return values
			}
			before := heads()
			if err := Begin(net, small, b); err != nil {
				t.Fatalf("%s: %v", kind.Name, err)
			}
			if len(before) == 0 || !slices.Equal(heads(), before) {
				t.Errorf("%s: the projector has changed", kind.Name)
			}
			nn.Eval(net)
			torch.NoGrad(func() {
				x := torch.Rand([]int64{2, 3, 16, 16})
				ours, want := net.Encoder().Forward(x), theirs.Forward(x)
				if !slices.Equal(torch.Slice[float32](ours), torch.Slice[float32](want)) {
					t.Errorf("%s: the features differ", kind.Name)
				}
			})
		}
		other := small
		other.Width = 4
		if err := Begin(model.NewSimCLR(other), other, b); err == nil || !strings.Contains(err.Error(), "expected resnet10 of width 4") {
			t.Errorf("another width: %v", err)
		}
		var missing *nn.Mismatch
		b.Tensors = slices.DeleteFunc(b.Tensors, func(x ckpt.Tensor) bool { return x.Name == "bn1.bias" })
		if err := Begin(model.NewSimCLR(small), small, b); !errors.As(err, &missing) || len(missing.Missing) != 1 {
			t.Errorf("a tensor is missing: %v", err)
		}
	})
}
