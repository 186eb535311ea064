package torch_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// After the same seed, random numbers are PyTorch's. Without AVX2 libtorch rounds
// normal values otherwise, in Python as here.
func TestRandomNumbersArePyTorchs(t *testing.T) {
	config, err := torch.Config()
	if err != nil {
		t.Fatal(err)
	}
	g := readGoldens(t)
	compare := g.same
	if !strings.Contains(config, "CPU capability usage: AVX2") && !strings.Contains(config, "CPU capability usage: AVX512") {
		compare = func(name string, got torch.Tensor) { g.near(name, got, 1e-6) }
	}
	do(t, func(*torch.Scope) {
		if err := torch.ManualSeed(10); err != nil {
			t.Fatal(err)
		}
		compare("rng/randn", torch.Randn([]int64{3, 5}))
		compare("rng/randn_large", torch.Randn([]int64{100, 7}))
		compare("rng/randn_float64", torch.Randn([]int64{50}, torch.On(torch.Float64, torch.CPU)))
		compare("rng/rand", torch.Rand([]int64{4, 33}))
		compare("rng/randint", torch.Randint(-3, 1000, []int64{5, 7}))
		compare("rng/randperm", torch.Randperm(101))
		compare("rng/uniform_", torch.Empty([]int64{33, 3}).Uniform_(-0.25, 0.75))
		compare("rng/normal_", torch.Empty([]int64{3, 33}).Normal_(2, 0.5))
		compare("rng/normal_small", torch.Empty([]int64{7}).Normal_(-1, 3))
		compare("rng/dropout", torch.Dropout(torch.Ones([]int64{40}), 0.3, true))
		g.same("rng/state", torch.RNGState(torch.CPU))
		if err := torch.ManualSeed(1<<63 + 11); err != nil {
			t.Fatal(err)
		}
		compare("rng/large_seed", torch.Rand([]int64{3}))
	})
	g.unused("rng/")
}

func TestRNGState(t *testing.T) {
	do(t, func(*torch.Scope) {
		torch.ManualSeed(3)
		torch.Randn([]int64{5})
		state := torch.RNGState(torch.CPU)
		a := torch.Randn([]int64{20}).Bytes()
		if bytes.Equal(torch.Randn([]int64{20}).Bytes(), a) {
			t.Error("two draws are the same")
		}
		torch.SetRNGState(torch.CPU, state)
		if !bytes.Equal(torch.Randn([]int64{20}).Bytes(), a) {
			t.Error("the draw after SetRNGState is another")
		}
	})
	fails(t, func() { torch.SetRNGState(torch.CPU, torch.Ones([]int64{3})) }, "set_rng_state", "ByteTensor")
	fails(t, func() { torch.SetRNGState(torch.CPU, torch.Tensor{}) }, "set_rng_state", "undefined")
}
