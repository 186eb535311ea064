package pretrained

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
	"github.com/bcl-go/bcl/torch/torchtest"
)

var small = model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 3}

// state is a small network; change replaces its tensors, or drops one by returning false.
func state(t *testing.T, c model.Config, change func(name string, x torch.Tensor) (torch.Tensor, bool)) (out []ckpt.Tensor) {
	t.Helper()
	if err := torch.ManualSeed(1); err != nil {
		t.Fatal(err)
	}
	for _, n := range nn.StateDict(model.NewResNet(c)) {
		x, keep := change(n.Name, n.Tensor)
		if !keep {
			continue
		}
		s, err := bridge.ToFile(x)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, ckpt.Tensor{Name: n.Name, Tensor: s})
	}
	return out
}

func extract(t *testing.T, state []ckpt.Tensor) *ckpt.Extracted {
	t.Helper()
	b, err := ckpt.BackboneOf(state, ckpt.BackboneOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func data(t *testing.T, x torch.Tensor) []byte {
	t.Helper()
	s, err := bridge.ToFile(x)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Weights of every floating-point type become PyTorch's float32, and mean and std come
// from the file or the caller, or do not exist.
func TestLoad(t *testing.T) {
	given := Normalize{Mean: [3]float32{.1, .2, .3}, Std: [3]float32{.4, .5, .6}}
	for _, d := range []torch.DType{torch.Float16, torch.BFloat16, torch.Float32, torch.Float64} {
		for _, stem := range []model.Stem{model.CIFARStem, model.ImageNetStem} {
			for _, c := range []struct {
				name string
				n    Normalize
				file []string // of mean and std, those that the file has
				want [2][]float32
			}{
				{"the file's", given, []string{"mean", "std"}, [2][]float32{{.25, .5, .75}, {.5, .25, .125}}},
				{"given", given, nil, [2][]float32{given.Mean[:], given.Std[:]}},
				{"none", NotNormalized, nil, [2][]float32{{0, 0, 0}, {1, 1, 1}}},
				{"half the file's", given, []string{"std"}, [2][]float32{given.Mean[:], {.5, .25, .125}}},
			} {
				t.Run(fmt.Sprint(d, stem, c.name), func(t *testing.T) {
					torchtest.Do(t, func() {
						config := small
						config.Stem = stem
						b := extract(t, state(t, config, func(name string, x torch.Tensor) (torch.Tensor, bool) {
							if part, ok := strings.CutPrefix(name, "normalize."); ok {
								v := map[string][]float32{"mean": {.25, .5, .75}, "std": {.5, .25, .125}}[part] // exact in every type
								return torch.FromSlice(v, 1, 3, 1, 1).To(d), slices.Contains(c.file, part)
							}
							if x.DType() == torch.Float32 {
								x = x.To(d)
							}
							return x, true
						}))
						net, err := Load(b, c.n)
						if err != nil {
							t.Fatal(err)
						}
						if nn.IsTraining(net) {
							t.Error("the network is in training mode")
						}
						if err := torch.ManualSeed(1); err != nil {
							t.Fatal(err)
						}
						want := nn.StateDict(model.NewResNet(config))
						for i, n := range nn.StateDict(net) {
							w := want[i].Tensor
							switch {
							case n.Name == "normalize.mean":
								w = torch.FromSlice(c.want[0])
							case n.Name == "normalize.std":
								w = torch.FromSlice(c.want[1])
							case w.DType() == torch.Float32:
								w = w.To(d).To(torch.Float32)
							}
							if n.Tensor.DType() != w.DType() || !bytes.Equal(data(t, n.Tensor), data(t, w)) {
								t.Errorf("%s differs: %v, want %v", n.Name, n.Tensor.DType(), w.DType())
							}
						}
					})
				})
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	for want, change := range map[string]func(name string, x torch.Tensor) torch.Tensor{
		"layer2.0.conv1.weight is of the type int8, expected a floating-point type": func(name string, x torch.Tensor) torch.Tensor {
			if name == "layer2.0.conv1.weight" {
				return x.To(torch.Int8)
			}
			return x
		},
		"normalize.std is of the type int64": func(name string, x torch.Tensor) torch.Tensor {
			if name == "normalize.std" {
				return x.To(torch.Int64)
			}
			return x
		},
		"normalize.mean has the shape [1], expected 3 values": func(name string, x torch.Tensor) torch.Tensor {
			if name == "normalize.mean" {
				return torch.FromSlice([]float32{.5})
			}
			return x
		},
	} {
		torchtest.Do(t, func() {
			b := extract(t, state(t, small, func(name string, x torch.Tensor) (torch.Tensor, bool) { return change(name, x), true }))
			if _, err := Load(b, NotNormalized); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		})
	}
}

func TestConfig(t *testing.T) {
	for want, a := range map[string]ckpt.Arch{
		"resnet101, width 64, CIFAR stem cannot be computed here": {Blocks: [4]int{3, 4, 23, 3}, Bottleneck: true, Width: 64, Kernel: 3},
		"resnet18, width 64, 5x5 stem cannot be computed here":    {Blocks: [4]int{2, 2, 2, 2}, Width: 64, Kernel: 5},
		"width 2000 is not in 1..1024":                            {Blocks: [4]int{2, 2, 2, 2}, Width: 2000, Kernel: 3},
	} {
		if _, err := Config(a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
