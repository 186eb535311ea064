package ckpt

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/bcl-go/bcl/torch/dtype"
)

// Arch is a ResNet (He et al. 2016), described by its weights.
type Arch struct {
	Blocks     [4]int
	Bottleneck bool
	Width      int // channels of the first stage
	Kernel     int // of the first convolution: 3 in the CIFAR stem, 7 in ImageNet's
}

// Name returns torchvision's name, or "" for an unusual number of blocks.
func (a Arch) Name() string {
	type key struct {
		blocks     [4]int
		bottleneck bool
	}
	return map[key]string{
		{[4]int{1, 1, 1, 1}, false}: "resnet10", {[4]int{2, 2, 2, 2}, false}: "resnet18", {[4]int{3, 4, 6, 3}, false}: "resnet34",
		{[4]int{3, 4, 6, 3}, true}: "resnet50", {[4]int{3, 4, 23, 3}, true}: "resnet101", {[4]int{3, 8, 36, 3}, true}: "resnet152",
	}[key{a.Blocks, a.Bottleneck}]
}

func (a Arch) String() string {
	name := a.Name()
	if name == "" {
		name = fmt.Sprintf("resnet with %v blocks", a.Blocks)
	}
	stem := "CIFAR"
	if a.Kernel != 3 {
		stem = fmt.Sprintf("%dx%d", a.Kernel, a.Kernel)
	}
	return fmt.Sprintf("%s, width %d, %s stem", name, a.Width, stem)
}

var blockPath = regexp.MustCompile(`^layer([1-4])\.(\d{1,4})\.(.*)$`)

// ErrNotWhole is why [ArchOf] fails where names of a ResNet are missing.
var ErrNotWhole = errors.New("not a whole ResNet")

// ArchOf tells the network from the tensors of a backbone under torchvision's names.
func ArchOf(backbone []Tensor) (Arch, error) {
	var a Arch
	for _, t := range backbone {
		if t.Name == "conv1.weight" {
			if len(t.Shape) != 4 || t.Shape[1] != 3 || t.Shape[2] != t.Shape[3] {
				return a, fmt.Errorf("conv1.weight has the shape %v, expected [width 3 k k]", t.Shape)
			}
			a.Width, a.Kernel = t.Shape[0], t.Shape[2]
		}
		if m := blockPath.FindStringSubmatch(t.Name); m != nil {
			stage, _ := strconv.Atoi(m[1])
			block, _ := strconv.Atoi(m[2])
			a.Blocks[stage-1] = max(a.Blocks[stage-1], block+1)
			a.Bottleneck = a.Bottleneck || m[3] == "conv3.weight"
		}
	}
	if a.Width == 0 {
		return a, fmt.Errorf("there is no conv1.weight: %w", ErrNotWhole)
	}
	// A file may name a block 9999, but no network has far more blocks than tensors.
	if n := a.Blocks[0] + a.Blocks[1] + a.Blocks[2] + a.Blocks[3]; n > len(backbone) || slices.Contains(a.Blocks[:], 0) {
		return a, fmt.Errorf("the %d tensors have %v blocks in their four stages: %w", len(backbone), a.Blocks, ErrNotWhole)
	}
	return a, nil
}

// Spec is the name and shape of a tensor that a network has.
type Spec struct {
	Name  string
	Shape []int
	DType dtype.DType
}

// Specs returns the entries of the backbone's state dict, with torchvision's names and
// order.
func (a Arch) Specs() []Spec {
	var out []Spec
	layer := func(conv, norm string, to, from, k int) {
		out = append(out, Spec{conv + ".weight", []int{to, from, k, k}, dtype.Float32})
		for _, p := range []string{"weight", "bias", "running_mean", "running_var"} {
			out = append(out, Spec{norm + "." + p, []int{to}, dtype.Float32})
		}
		out = append(out, Spec{norm + ".num_batches_tracked", []int{}, dtype.Int64})
	}
	layer("conv1", "bn1", a.Width, 3, a.Kernel)
	in := a.Width
	for s, n := range a.Blocks {
		planes := a.Width << s
		for b := range n {
			p := fmt.Sprintf("layer%d.%d.", s+1, b)
			to := planes
			if a.Bottleneck {
				to = 4 * planes
				layer(p+"conv1", p+"bn1", planes, in, 1)
				layer(p+"conv2", p+"bn2", planes, planes, 3)
				layer(p+"conv3", p+"bn3", to, planes, 1)
			} else {
				layer(p+"conv1", p+"bn1", planes, in, 3)
				layer(p+"conv2", p+"bn2", planes, planes, 3)
			}
			if b == 0 && (s > 0 || in != to) {
				layer(p+"downsample.0", p+"downsample.1", to, in, 1)
			}
			in = to
		}
	}
	return out
}
