package model_test

import (
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The queue holds the newest keys, whatever the sizes of the batches: key number i is at i
// modulo its size. The key network starts as the query network and moves by the momentum.
func TestMoCo(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(1)
		encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 2}
		m := model.NewMoCo(encoder, model.Queue{Size: 5, Momentum: 0.75})
		x := torch.Rand([]int64{3, 3, 16, 16})
		if !m.ForwardKey(x).Equal(m.Forward(x)) {
			t.Error("the key network does not start as the query network")
		}
		torch.ManualSeed(1)
		if d := torchtest.Difference(nn.Parameters(m)[0], nn.Parameters(model.NewSimCLR(encoder))[0]); d != 0 {
			t.Errorf("the query network starts %g away from SimCLR's", d)
		}
		if a, b := nn.StateDict(m), nn.StateDict(m.SimCLR); len(a) != len(b) || len(nn.Parameters(m)) != len(nn.Parameters(m.SimCLR)) {
			t.Errorf("%d tensors are saved, of which the network has %d", len(a), len(b))
		}
		for i, n := range torch.Slice[float32](m.Queue().Square().SumDim([]int64{1}, false)) {
			if n < 0.9999 || n > 1.0001 {
				t.Errorf("key %d of the new queue has length^2 %v", i, n)
			}
		}
		next := 0
		want := torch.Slice[float32](m.Queue().Select(1, 0))
		for _, b := range []int64{2, 2, 3, 5, 1, 4} {
			keys := torch.Arange(int64(next), int64(next)+b).To(torch.Float32).View(b, 1).Expand(b, 128)
			m.Enqueue(keys)
			for range b {
				want[next%5] = float32(next)
				next++
			}
			for i, got := range torch.Slice[float32](m.Queue().Select(1, 7)) {
				if next >= 5 && got != want[i] {
					t.Fatalf("after key %d: place %d has key %v, want %v", next, i, got, want[i])
				}
			}
		}
		key, query := find(t, m.State(), "encoder_k.backbone.conv1.weight"), find(t, nn.StateDict(m), "backbone.conv1.weight")
		before := key.Clone()
		torch.NoGrad(func() { query.MulScalar_(3) })
		m.Follow()
		// 0.75 k + 0.25 * 3 k
		if d := torchtest.Difference(key, before.MulScalar(1.5)); d > 1e-6 {
			t.Errorf("the key network is off its average by %g", d)
		}
		if key.RequiresGrad() {
			t.Error("the key network has gradients")
		}
	})
}

func find(t *testing.T, list []nn.Named, name string) torch.Tensor {
	t.Helper()
	for _, n := range list {
		if n.Name == name {
			return n.Tensor
		}
	}
	t.Fatalf("no %s", name)
	return torch.Tensor{}
}
