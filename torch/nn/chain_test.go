package nn_test

import (
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// double makes some tensors on the way to 2x.
type double struct{ nn.Base }

func (*double) Forward(x torch.Tensor) torch.Tensor { return x.Add(x).Neg().Neg() }

// Of a chain's tensors only the last stays, and what gradients need stays with them.
func TestChainKeepsItsResultOnly(t *testing.T) {
	err := torch.Do(func() error {
		x := torch.FromSlice([]float32{1, 2}).SetRequiresGrad(true)
		start := torch.LiveTensors()
		y := nn.Chain(x, &double{}, &nn.Identity{}, &double{})
		if n := torch.LiveTensors() - start; n != 1 {
			t.Errorf("%d tensors live, want 1", n)
		}
		y.Mul(y).Sum().Backward() // 16 x^2
		if g := torch.Slice[float32](x.Grad()); g[0] != 32 || g[1] != 64 {
			t.Errorf("gradient %v, want 32 and 64", g)
		}
		for _, same := range []torch.Tensor{nn.Chain(x), nn.Chain(x, &nn.Identity{}, &nn.Identity{})} {
			if same != x || torch.Item[float32](same.Sum()) != 3 {
				t.Error("a chain of identities is not its input")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A tensor of a scope further out stays there.
func TestIdentityWithinScopes(t *testing.T) {
	err := torch.Do(func() error {
		x := torch.Ones([]int64{2})
		err := torch.Do(func() error { nn.Chain(x, &nn.Identity{}); return nil })
		if err != nil {
			return err
		}
		if torch.Item[float32](x.Sum()) != 2 {
			t.Error("x has changed")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A failure within a chain is that of the scope around it.
func TestChainFails(t *testing.T) {
	before := torch.LiveTensors()
	err := torch.Do(func() error {
		nn.Chain(torch.Ones([]int64{2, 3}), &double{}, nn.NewConv2d(1, 1, 1, 1, 0))
		return nil
	})
	if e, ok := err.(*torch.Error); !ok || e.Op != "conv2d" {
		t.Errorf("error %v (%T), want conv2d's", err, err)
	}
	if n := torch.LiveTensors() - before; n != 0 {
		t.Errorf("%d tensors live", n)
	}
}
