package model_test

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		model.Config
		features int64
	}{
		{model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 3}, 32},
		{model.Config{Arch: "resnet18", Stem: model.ImageNetStem, Width: 2, Classes: 3}, 16},
		{model.Config{Arch: "resnet34", Stem: model.CIFARStem, Width: 1, Classes: 3}, 8},
		{model.Config{Arch: "resnet50", Stem: model.CIFARStem, Width: 2, Classes: 3}, 64},
	} {
		torchtest.Do(t, func() {
			net := model.NewSimCLR(c.Config)
			for _, size := range []int64{32, 48} { // any size will do
				x := torch.Rand([]int64{2, 3, size, size})
				if f := net.Backbone.Forward(x); f.Size(0) != 2 || f.Size(1) != c.features || c.Features() != c.features || f.Dim() != 2 {
					t.Errorf("%+v: features %v, Features() %d, want %d", c.Config, f.Shape(), c.Features(), c.features)
				}
				if z := net.Forward(x); z.Size(0) != 2 || z.Size(1) != model.ProjectionSize {
					t.Errorf("%+v: projections %v", c.Config, z.Shape())
				}
			}
		})
	}
	if model.CIFARStem.Size() != 32 || model.ImageNetStem.Size() != 224 {
		t.Error("sizes of the stems")
	}
}

// The published networks have 11.17 M (without the projector) and 23.5 M parameters.
func TestParameterCounts(t *testing.T) {
	for arch, want := range map[string]int64{"resnet18": 11_168_832, "resnet34": 21_276_992, "resnet50": 23_500_352} {
		torchtest.Do(t, func() {
			n := int64(0)
			for _, p := range nn.Parameters(model.NewResNet(model.Config{Arch: arch, Stem: model.CIFARStem, Width: 64, Classes: 10})) {
				n += p.Numel()
			}
			if n != want {
				t.Errorf("%s: %d parameters, want %d", arch, n, want)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	good := model.Config{Arch: "resnet18", Stem: model.CIFARStem, Width: 64, Classes: 100}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for words, change := range map[string]func(*model.Config){
		`model "vgg" is not one of [resnet10 resnet18 resnet34 resnet50]`: func(c *model.Config) { c.Arch = "vgg" },
		`stem "" is not cifar or imagenet`:                                func(c *model.Config) { c.Stem = "" },
		"width 0":                                                         func(c *model.Config) { c.Width = 0 },
		"width 1025":                                                      func(c *model.Config) { c.Width = 1025 },
		"0 classes":                                                       func(c *model.Config) { c.Classes = 0 },
	} {
		c := good
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("error %v, want %q in it", err, words)
		}
	}
}

// channels_last input stays so through the network: no layer copies memory.
func TestActivationsStayChannelsLast(t *testing.T) {
	for _, arch := range []string{"resnet10", "resnet50"} {
		torchtest.Do(t, func() {
			net := model.NewResNet(model.Config{Arch: arch, Stem: model.CIFARStem, Width: 8, Classes: 2})
			nn.ToChannelsLast(net)
			x := model.FromPixels(torch.Randint(0, 256, []int64{2, 32, 32, 3}).To(torch.Uint8), torch.CPU)
			tried := 0
			nn.Walk(net, func(name string, m nn.Module) {
				// Every stage alone, with its own number of channels.
				if !strings.HasPrefix(name, "layer") || strings.Contains(name, ".") {
					return
				}
				in := int64(0)
				for _, p := range nn.NamedParameters(m) {
					if p.Name == "0.conv1.weight" {
						in = p.Tensor.Size(1)
					}
				}
				y := m.(nn.Layer).Forward(torch.Rand([]int64{2, in, 8, 8}).ToFormat(torch.ChannelsLast))
				if !y.IsContiguous(torch.ChannelsLast) {
					t.Errorf("%s %s gives strides %v", arch, name, y.Stride())
				}
				tried++
			})
			if tried != 4 {
				t.Errorf("%s: %d stages tried", arch, tried)
			}
			net.Forward(x).Sum().Backward()
			for _, p := range nn.NamedParameters(net) {
				if g := p.Tensor.Grad(); p.Tensor.Dim() == 4 && !g.IsContiguous(torch.ChannelsLast) {
					t.Errorf("%s: gradient of %s has strides %v", arch, p.Name, g.Stride())
				}
			}
		})
	}
}

func TestFromPixels(t *testing.T) {
	torchtest.Do(t, func() {
		pixels := torch.FromSlice([]uint8{0, 51, 102, 153, 204, 255}, 1, 1, 2, 3)
		x := model.FromPixels(pixels, torch.CPU)
		want := torch.FromSlice([]float32{0, 0.6, 0.2, 0.8, 0.4, 1}, 1, 3, 1, 2)
		if !x.Equal(want) {
			t.Errorf("input %v, want %v", x, want)
		}
		grey := model.NewNormalize().Forward(torch.FromSlice([]float32{0.485, 0.456, 0.406 + 0.225}, 1, 3, 1, 1))
		if d := torchtest.Difference(grey.Flatten(0), torch.FromSlice([]float32{0, 0, 1})); d > 1e-6 {
			t.Errorf("normalised %v", grey)
		}
	})
}

// A network in bf16 autocast trains too: gradients are finite and float32. The images
// differ in large patches; images of pure noise look the same to a network, and batch
// norm would amplify rounding.
func TestAutocast(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(1)
		net := model.NewSimCLR(model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 8, Classes: 2})
		nn.ToChannelsLast(net)
		x := torch.Call("upsample_nearest2d", torch.Rand([]int64{16, 3, 2, 2}), []int64{32, 32})[0].ToFormat(torch.ChannelsLast)
		full := net.Forward(x)
		var z torch.Tensor
		torch.Autocast(torch.CPU, torch.BFloat16, func() { z = net.Forward(x) })
		if z.DType() != torch.BFloat16 {
			t.Errorf("projections are %v", z.DType())
		}
		if d := torchtest.Difference(z, full); d == 0 || d > 0.1*torch.Item[float64](full.Abs().Max()) {
			t.Errorf("projections differ by %g from float32's", d)
		}
		z.To(torch.Float32).Square().Mean().Backward()
		for _, p := range nn.NamedParameters(net) {
			if g := p.Tensor.Grad(); g.DType() != torch.Float32 || !torch.Item[bool](g.IsFinite().All()) {
				t.Errorf("gradient of %s is %v, finite %v", p.Name, g.DType(), g.IsFinite().All())
			}
		}
	})
}
