package torch_test

import (
	"bytes"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// After the same seed, random numbers are PyTorch's. Without AVX2 libtorch rounds normal
// values differently, in Python too.
func TestRandomNumbersArePyTorchs(t *testing.T) {
	g := torchtest.Open(t, "testdata/goldens.safetensors")
	do(t, func() {
		if err := torch.ManualSeed(10); err != nil {
			t.Fatal(err)
		}
		g.Exact("rng/randn", torch.Randn([]int64{3, 5}))
		g.Exact("rng/randn_large", torch.Randn([]int64{100, 7}))
		g.Exact("rng/randn_float64", torch.Randn([]int64{50}, torch.On(torch.Float64, torch.CPU)))
		g.Exact("rng/rand", torch.Rand([]int64{4, 33}))
		g.Exact("rng/randint", torch.Randint(-3, 1000, []int64{5, 7}))
		g.Exact("rng/randperm", torch.Randperm(101))
		g.Exact("rng/uniform_", torch.Empty([]int64{33, 3}).Uniform_(-0.25, 0.75))
		g.Exact("rng/normal_", torch.Empty([]int64{3, 33}).Normal_(2, 0.5))
		g.Exact("rng/normal_small", torch.Empty([]int64{7}).Normal_(-1, 3))
		g.Exact("rng/dropout", torch.Dropout(torch.Ones([]int64{40}), 0.3, true))
		g.Same("rng/state", torch.RNGState(torch.CPU))
		if err := torch.ManualSeed(1<<63 + 11); err != nil {
			t.Fatal(err)
		}
		g.Exact("rng/large_seed", torch.Rand([]int64{3}))
	})
	g.Unused("rng/")
}

func TestRNGState(t *testing.T) {
	do(t, func() {
		torch.ManualSeed(3)
		torch.Randn([]int64{5})
		state := torch.RNGState(torch.CPU)
		a := torch.Randn([]int64{20}).Bytes()
		if bytes.Equal(torch.Randn([]int64{20}).Bytes(), a) {
			t.Error("two draws are the same")
		}
		torch.SetRNGState(torch.CPU, state)
		if !bytes.Equal(torch.Randn([]int64{20}).Bytes(), a) {
			t.Error("the draw after SetRNGState differs")
		}
	})
	fails(t, func() { torch.SetRNGState(torch.CPU, torch.Ones([]int64{3})) }, "set_rng_state", "ByteTensor")
	fails(t, func() { torch.SetRNGState(torch.CPU, torch.Tensor{}) }, "set_rng_state", "undefined")
}
