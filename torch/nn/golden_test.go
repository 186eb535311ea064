package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

const goldenFile = "testdata/goldens.safetensors"

// state expects every tensor of m to equal the golden with a prefix.
func state(g *torchtest.Goldens, prefix string, m nn.Module, compare func(string, torch.Tensor)) {
	for _, n := range nn.StateDict(m) {
		compare(prefix+"."+n.Name, n.Tensor)
	}
	g.Unused(prefix + ".")
}

// Layers built in the same order after the same seed have PyTorch's initial weights.
func TestInitialWeightsArePyTorchs(t *testing.T) {
	g := torchtest.Open(t, goldenFile)
	torchtest.Do(t, func() {
		torch.ManualSeed(10)
		state(g, "init/conv3", nn.NewConv2d(3, 16, 3, 1, 0), g.Exact)
		state(g, "init/conv7", nn.NewConv2d(5, 2, 7, 1, 0), g.Exact)
		state(g, "init/linear", nn.NewLinear(20, 7, true), g.Exact)
		state(g, "init/linear_no_bias", nn.NewLinear(33, 3, false), g.Exact)
		state(g, "init/norm", nn.NewBatchNorm(5), g.Same)
		conv := nn.NewConv2d(4, 9, 3, 1, 0)
		nn.KaimingNormalFanOut(conv.Weight)
		state(g, "init/kaiming", conv, g.Exact)
		linear := nn.NewLinear(6, 9, false)
		nn.KaimingNormalFanOut(linear.Weight)
		state(g, "init/kaiming_linear", linear, g.Exact)
		state(g, "net", newNet(), g.Exact)
	})
	g.Unused("init/")
}

func TestNamesArePyTorchs(t *testing.T) {
	g := torchtest.Open(t, goldenFile)
	var names, parameters, modules []string
	g.JSON("names", &names)
	g.JSON("parameters", &parameters)
	g.JSON("modules", &modules)
	torchtest.Do(t, func() {
		n := newNet()
		if got := namesOf(nn.StateDict(n)); !slices.Equal(got, names) {
			t.Errorf("state dict %v\nwant %v", got, names)
		}
		if got := namesOf(nn.NamedParameters(n)); !slices.Equal(got, parameters) {
			t.Errorf("parameters %v\nwant %v", got, parameters)
		}
		if len(nn.Parameters(n)) != len(parameters) || nn.Parameters(n)[0] != n.conv.Weight {
			t.Error("Parameters are not those of NamedParameters")
		}
		var got []string
		nn.Walk(n, func(name string, _ nn.Module) { got = append(got, name) })
		if !slices.Equal(got, modules) {
			t.Errorf("modules %q\nwant %q", got, modules)
		}
	})
}

func namesOf(named []nn.Named) (names []string) {
	for _, n := range named {
		names = append(names, n.Name)
	}
	return names
}

// Forward, backward and running statistics of a network, then evaluation, from
// PyTorch's weights.
func TestNetworkComputesAsPyTorchs(t *testing.T) {
	for _, format := range []torch.MemoryFormat{torch.ContiguousFormat, torch.ChannelsLast} {
		g := torchtest.Open(t, goldenFile)
		near := func(name string, x torch.Tensor) { t.Helper(); g.Near(name, x, 1e-5) }
		torchtest.Do(t, func() {
			n := newNet()
			var weights []nn.Named
			for _, s := range nn.StateDict(n) {
				weights = append(weights, nn.Named{Name: s.Name, Tensor: g.Tensor("net." + s.Name)})
			}
			if err := nn.LoadStateDict(n, weights); err != nil {
				t.Fatal(err)
			}
			if format == torch.ChannelsLast {
				nn.ToChannelsLast(n)
				if !n.conv.Weight.IsContiguous(torch.ChannelsLast) {
					t.Error("ToChannelsLast skipped a convolution")
				}
			}
			x := g.Tensor("x").ToFormat(format)
			var y torch.Tensor
			for i := range 2 {
				y = n.Forward(x.AddScalar(float64(i)))
				near(fmt.Sprintf("train/%d", i), y)
			}
			y.Square().Sum().Backward()
			for _, p := range nn.NamedParameters(n) {
				g.Near("grad/"+p.Name, p.Tensor.Grad(), 1e-4)
			}
			state(g, "after", n, near)
			nn.Eval(n)
			near("eval", n.Forward(x))
			state(g, "after", n, near) // evaluation updates no statistics
			nn.ZeroGrad(n)
			for _, p := range nn.NamedParameters(n) {
				if p.Tensor.Grad().Defined() {
					t.Errorf("ZeroGrad left the gradient of %s", p.Name)
				}
			}
		})
	}
}
