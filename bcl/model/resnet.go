package model

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Stem is the first layers of a ResNet.
type Stem string

// The stems: 3x3 convolution for small images; 7x7 with stride 2 and max-pool for large.
const (
	CIFARStem    Stem = "cifar"
	ImageNetStem Stem = "imagenet"
)

// Size is the side of the images that a stem is for, in pixels.
func (s Stem) Size() int {
	if s == ImageNetStem {
		return 224
	}
	return 32
}

// Config describes a ResNet (He et al. 2016, arXiv 1512.03385, table 1).
type Config struct {
	Arch  string // see Archs
	Stem  Stem
	Width int // channels of the first stage; 64 is the published network

	// Init is how convolutions are initialised: Kaiming or PyTorch; "": Kaiming.
	Init string
	// Input is what is subtracted from images and what they are divided by; zero: ImageNet's.
	Input Normalization

	// Classes is the size of the classifier that the authors' code builds and drops. It
	// changes the random numbers of the layers after it.
	Classes int
}

// The initial weights of convolutions.
const (
	Kaiming = "kaiming" // N(0, 2 / fan_out), as in the authors' code and torchvision
	PyTorch = "pytorch" // those of torch.nn.Conv2d, as in code without an initialisation
)

// Published is the network of the CIFAR-100-LT experiments.
func Published() Config { return Config{Arch: "resnet18", Stem: CIFARStem, Width: 64, Classes: 100} }

// arch is the kind of block and how many of them each stage has.
type arch struct {
	block     func(planes, stride int64) []conv
	expansion int64
	blocks    [4]int
}

var archs = map[string]arch{
	"resnet10": {basicBlock, 1, [4]int{1, 1, 1, 1}},
	"resnet18": {basicBlock, 1, [4]int{2, 2, 2, 2}},
	"resnet34": {basicBlock, 1, [4]int{3, 4, 6, 3}},
	"resnet50": {bottleneck, 4, [4]int{3, 4, 6, 3}},
}

// Archs returns the names of the networks.
func Archs() []string { return slices.Sorted(maps.Keys(archs)) }

// Check returns an error for the first invalid value of c.
func (c Config) Check() error {
	if _, ok := archs[c.Arch]; !ok {
		return fmt.Errorf("model %q is not one of %v", c.Arch, Archs())
	}
	if !slices.Contains([]Stem{CIFARStem, ImageNetStem}, c.Stem) {
		return fmt.Errorf("stem %q is not %s or %s", c.Stem, CIFARStem, ImageNetStem)
	}
	if c.Width < 1 || c.Width > 1024 {
		return fmt.Errorf("width %d is not in 1..1024", c.Width)
	}
	if c.Init != "" && c.Init != Kaiming && c.Init != PyTorch {
		return fmt.Errorf("initial weights %q are not %s or %s", c.Init, Kaiming, PyTorch)
	}
	if err := c.Input.check(); err != nil {
		return err
	}
	if c.Classes < 1 {
		return fmt.Errorf("%d classes, expected at least 1", c.Classes)
	}
	return nil
}

// Features returns the size of a feature vector, 512 for a ResNet-18 of width 64.
func (c Config) Features() int64 { return 8 * int64(c.Width) * archs[c.Arch].expansion }

// ResNet maps images to features: it ends after the average pool.
type ResNet struct {
	nn.Base
	normalize *Normalize
	conv1     nn.Layer
	bn1       Norm
	maxpool   nn.Layer
	layers    [4]nn.Layer
	features  int64
}

// NewResNet builds the network of c, which must pass Check.
func NewResNet(c Config) *ResNet { return newResNet(c, Plain) }

// Build is [NewResNet] with other layers.
func (c Config) Build(l Layers) Encoder { return newResNet(c, l) }

func newResNet(c Config, l Layers) *ResNet {
	a := archs[c.Arch]
	width := int64(c.Width)
	r := &ResNet{features: c.Features()}
	r.normalize = nn.Child(r, "normalize", newNormalize(c.Input))
	if c.Stem == ImageNetStem {
		r.conv1 = nn.Child(r, "conv1", l.Conv(3, width, 7, 2, 3))
		r.maxpool = &nn.MaxPool2d{Kernel: 3, Stride: 2, Padding: 1}
	} else {
		r.conv1 = nn.Child(r, "conv1", l.Conv(3, width, 3, 1, 1))
		r.maxpool = &nn.Identity{}
	}
	r.bn1 = nn.Child(r, "bn1", l.Norm(width))
	in := width
	for i, n := range a.blocks {
		stride := int64(2)
		if i == 0 {
			stride = 1
		}
		planes := width << i
		r.layers[i] = nn.Child(r, fmt.Sprintf("layer%d", i+1), stage(a, l, in, planes, n, stride))
		in = planes * a.expansion
	}
	nn.NewLinear(in, int64(c.Classes), true) // initialised and dropped, as in the authors' code
	for _, p := range nn.Parameters(r) {
		if p.Dim() == 4 && c.Init != PyTorch { // of a convolution
			nn.KaimingNormalFanOut(p)
		}
	}
	return r
}

// stage builds n blocks, the first of which changes size and channels.
func stage(a arch, l Layers, in, planes int64, n int, stride int64) nn.Layer {
	out := planes * a.expansion
	var downsample nn.Layer
	if stride != 1 || in != out {
		downsample = l.Shortcut(l.Conv(in, out, 1, stride, 0), l.Norm(out))
	}
	blocks := []nn.Layer{newBlock(l, in, a.block(planes, stride), downsample)}
	for range n - 1 {
		blocks = append(blocks, newBlock(l, out, a.block(planes, 1), nil))
	}
	return nn.NewSequential(blocks...)
}

// Features returns the size of a feature vector.
func (r *ResNet) Features() int64 { return r.features }

// Inputs turns images of 8-bit pixels, N x H x W x 3, into N x 3 x H x W in [0, 1].
func (r *ResNet) Inputs(raw []torch.Tensor, d torch.Device) []torch.Tensor {
	return []torch.Tensor{FromPixels(raw[0], d)}
}

// Forward maps images, N x 3 x H x W in [0, 1], to N x Features.
func (r *ResNet) Forward(images ...torch.Tensor) torch.Tensor {
	return nn.Scoped(func() torch.Tensor {
		x := nn.Chain(images[0], r.normalize, r.conv1)
		x = r.maxpool.Forward(r.bn1.ForwardReLU(x, torch.Tensor{}))
		return torch.AdaptiveAvgPool2d(nn.Chain(x, r.layers[:]...), 1, 1).Flatten(1)
	})
}
