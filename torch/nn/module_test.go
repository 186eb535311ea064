package nn_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func allBytes(m nn.Module) (b []byte) {
	for _, n := range nn.StateDict(m) {
		b = append(b, n.Tensor.Bytes()...)
	}
	return b
}

func TestTrainAndEval(t *testing.T) {
	torchtest.Do(t, func() {
		n := newNet()
		want := func(training bool) {
			t.Helper()
			nn.Walk(n, func(name string, m nn.Module) {
				if nn.IsTraining(m) != training {
					t.Errorf("%q: training is %v", name, !training)
				}
			})
		}
		want(true)
		nn.Eval(n)
		want(false)
		nn.Train(n)
		want(true)
		// A submodule may be in another mode than its parent.
		nn.Eval(n.stem)
		if nn.IsTraining(n.conv) || !nn.IsTraining(n) || !n.norm.Training() {
			t.Error("Eval of a submodule")
		}
	})
}

// A state dict that does not fit changes nothing and the error lists every mismatch.
func TestLoadStateDictMismatch(t *testing.T) {
	torchtest.Do(t, func() {
		n := newNet()
		before := allBytes(n)
		var state []nn.Named
		for _, s := range nn.StateDict(newNet()) {
			switch s.Name {
			case "head.bias", "norm.running_var":
				continue
			case "stem.0.weight":
				s.Tensor = torch.Zeros([]int64{4, 3, 1, 9})
			case "head.weight":
				s.Tensor = s.Tensor.Flatten(0)
			}
			state = append(state, s)
		}
		state = append(state, nn.Named{Name: "fc.weight", Tensor: torch.Zeros(nil)}, nn.Named{Name: "fc.bias", Tensor: torch.Zeros(nil)})
		err := nn.LoadStateDict(n, state)
		var bad *nn.Mismatch
		if !errors.As(err, &bad) {
			t.Fatalf("error %v (%T), want a *Mismatch", err, err)
		}
		if want := []string{"head.bias", "norm.running_var"}; !slices.Equal(bad.Missing, want) {
			t.Errorf("missing %v, want %v", bad.Missing, want)
		}
		if want := []string{"fc.weight", "fc.bias"}; !slices.Equal(bad.Unexpected, want) {
			t.Errorf("unexpected %v, want %v", bad.Unexpected, want)
		}
		if want := []string{"stem.0.weight: [4 3 1 9] in the state dict, [4 3 3 3] in the network", "head.weight: [32] in the state dict, [2 16] in the network"}; !slices.Equal(bad.Shapes, want) {
			t.Errorf("shapes %q, want %q", bad.Shapes, want)
		}
		for _, words := range []string{"2 missing: head.bias", "2 unexpected: fc.weight, fc.bias", "2 wrong shape: stem.0.weight"} {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("error %q does not mention %q", err, words)
			}
		}
		if !bytes.Equal(allBytes(n), before) {
			t.Error("a state dict that does not fit changed the network")
		}
	})
}

func TestLongMismatchIsShort(t *testing.T) {
	var m nn.Mismatch
	for i := range 100 {
		m.Missing = append(m.Missing, fmt.Sprintf("name%d", i))
	}
	if s := m.Error(); !strings.Contains(s, "100 missing: name0, ") || !strings.Contains(s, "name7, ...") || strings.Contains(s, "name8") {
		t.Errorf("error %q", s)
	}
}

func TestLoadStateDict(t *testing.T) {
	torchtest.Do(t, func() {
		from, to := newNet(), newNet()
		nn.ToChannelsLast(to)
		to.head.Weight.Sum().Backward()
		weight := to.conv.Weight
		// Old versions of PyTorch wrote no num_batches_tracked; types are converted.
		var old []nn.Named
		for _, s := range nn.StateDict(from) {
			if !strings.HasSuffix(s.Name, "num_batches_tracked") {
				old = append(old, nn.Named{Name: s.Name, Tensor: s.Tensor.Detach().To(torch.Float64)})
			}
		}
		slices.Reverse(old) // order does not matter
		if bytes.Equal(allBytes(from), allBytes(to)) {
			t.Fatal("both networks start with the same weights")
		}
		if err := nn.LoadStateDict(to, old); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(allBytes(from), allBytes(to)) {
			t.Error("the weights are not the loaded ones")
		}
		if to.conv.Weight != weight || !weight.RequiresGrad() || !weight.IsContiguous(torch.ChannelsLast) || weight.DType() != torch.Float32 || !to.head.Weight.Grad().Defined() {
			t.Error("loading replaced parameters instead of copying into them")
		}
	})
}

// To and ToChannelsLast keep the parameters and their values.
func TestToKeepsParameters(t *testing.T) {
	torchtest.Do(t, func() {
		n := newNet()
		before, params := allBytes(n), nn.Parameters(n)
		nn.To(n, torch.CPU)
		nn.ToChannelsLast(n)
		if !bytes.Equal(allBytes(n), before) || !slices.Equal(nn.Parameters(n), params) {
			t.Error("the parameters were replaced")
		}
		for _, p := range params {
			if !p.IsLeaf() || !p.RequiresGrad() {
				t.Error("a parameter is no longer a leaf with a gradient")
			}
		}
	})
}

func TestIdentity(t *testing.T) {
	torchtest.Do(t, func() {
		x := torch.Ones([]int64{2})
		if (&nn.Identity{}).Forward(x) != x {
			t.Error("Identity returns another tensor")
		}
	})
}

// A network belongs to the scope that it was built in.
func TestNetworkIsFreedWithItsScope(t *testing.T) {
	torchtest.Do(t, func() {
		before := torch.LiveTensors()
		torchtest.Do(t, func() {
			n := newNet()
			n.Forward(torch.Ones([]int64{2, 3, 8, 8})).Sum().Backward()
		})
		if after := torch.LiveTensors(); after != before {
			t.Errorf("%d live tensors, %d before", after, before)
		}
	})
}

// One value per channel has no variance: in training it is an error, as in torch.nn, and
// the running statistics do not change.
func TestBatchNormOfOneValue(t *testing.T) {
	torchtest.Do(t, func() {
		for _, shape := range [][]int64{{1, 3}, {1, 3, 1}, {1, 3, 1, 1}} {
			b := nn.NewBatchNorm(3)
			err := torchtest.Failure(t, func() { b.Forward(torch.Ones(shape)) })
			size := strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
			if want := "batch_norm: Expected more than 1 value per channel when training, got input size torch.Size(" + size + ")"; err == nil || err.Error() != want {
				t.Errorf("error %v, want %q", err, want)
			}
			if v := torch.Item[float64](b.RunningVar.Sum()) + torch.Item[float64](b.RunningMean.Sum()); v != 3 {
				t.Errorf("%v: the running statistics sum to %v, want 3", shape, v)
			}
			nn.Eval(b)
			if v := torch.Item[float64](b.Forward(torch.Ones(shape)).Sum()); !(v > 2.99) {
				t.Errorf("%v: evaluation gives the sum %v, want 3", shape, v)
			}
		}
		for _, shape := range [][]int64{{2, 3}, {1, 3, 2}, {1, 3, 1, 2}} {
			nn.NewBatchNorm(3).Forward(torch.Ones(shape)) // two values are enough
		}
		nn.NewBatchNorm(3).Forward(torch.Ones([]int64{0, 3})) // PyTorch accepts none, too
	})
}
