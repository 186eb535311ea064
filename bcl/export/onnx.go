package export

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/torch/serialize/onnx"
)

// normEpsilon is torch.nn.BatchNorm2d's.
const normEpsilon = float32(1e-5)

// ONNX writes the network as an ONNX model of opset 17. Its input "images" is float32,
// batch x 3 x height x width, RGB in [0, 1], which the model normalises; its output
// "features" is batch x [Features]. Weights of other floating-point types become float32.
// A stem other than 3x3 and 7x7 is an error: files do not say its stride.
func ONNX(w io.Writer, b *ckpt.Extracted, version string, metadata map[string]string) error {
	if k := b.Arch.Kernel; k != 3 && k != stemKernel {
		return fmt.Errorf("a stem of %dx%d, expected 3x3 or 7x7", k, k)
	}
	n, err := NormalizationOf(b)
	if err != nil {
		return err
	}
	g := &graph{m: &onnx.Model{
		Producer: "bcl", Version: version, Name: b.Arch.String(), Metadata: metadata,
		Doc:     "images: RGB in [0, 1], batch x 3 x height x width; features: batch x width",
		Inputs:  []onnx.Value{{Name: "images", Dims: []any{"batch", 3, "height", "width"}}},
		Outputs: []onnx.Value{{Name: "features", Dims: []any{"batch", Features(b.Arch)}}},
	}, has: map[string]bool{}}
	for _, t := range b.Tensors {
		if strings.HasSuffix(t.Name, ".num_batches_tracked") {
			continue
		}
		g.has[t.Name] = true
		g.m.Weights = append(g.m.Weights, onnx.Weight{Name: t.Name, Shape: t.Shape, Source: func(w io.Writer) error { return float32s(w, t) }})
	}
	g.resnet(b.Arch, n)
	return onnx.Write(w, g.m)
}

// graph builds the nodes.
type graph struct {
	m   *onnx.Model
	has map[string]bool // weights
}

// node adds an operator of one output, whose name it returns.
func (g *graph) node(op, out string, attrs map[string]any, inputs ...string) string {
	g.m.Nodes = append(g.m.Nodes, onnx.Node{Op: op, Inputs: inputs, Outputs: []string{out}, Attrs: attrs})
	return out
}

func (g *graph) constant(name string, values []float64) string {
	g.m.Weights = append(g.m.Weights, onnx.Weight{Name: name, Shape: []int{1, len(values), 1, 1}, Source: func(w io.Writer) error { return writeFloats(w, values) }})
	return name
}

// conv adds a convolution of k x k and the norm behind it.
func (g *graph) conv(x, conv, norm string, k, stride int) string {
	p := k / 2
	x = g.node("Conv", conv+".out", map[string]any{"kernel_shape": []int{k, k}, "strides": []int{stride, stride}, "pads": []int{p, p, p, p}}, x, conv+".weight")
	return g.node("BatchNormalization", norm+".out", map[string]any{"epsilon": normEpsilon},
		x, norm+".weight", norm+".bias", norm+".running_mean", norm+".running_var")
}

func (g *graph) relu(x string) string { return g.node("Relu", x+".relu", nil, x) }

func (g *graph) resnet(a ckpt.Arch, n Normalization) {
	x := g.node("Sub", "images.centred", nil, "images", g.constant("normalize.mean", n.Mean))
	x = g.node("Div", "images.normalized", nil, x, g.constant("normalize.std", n.Std))
	if a.Kernel == stemKernel {
		x = g.relu(g.conv(x, "conv1", "bn1", a.Kernel, 2))
		x = g.node("MaxPool", "maxpool.out", map[string]any{"kernel_shape": []int{3, 3}, "strides": []int{2, 2}, "pads": []int{1, 1, 1, 1}}, x)
	} else {
		x = g.relu(g.conv(x, "conv1", "bn1", a.Kernel, 1))
	}
	for s, blocks := range a.Blocks {
		for i := range blocks {
			stride := 1
			if s > 0 && i == 0 {
				stride = 2
			}
			x = g.block(x, fmt.Sprintf("layer%d.%d.", s+1, i), a.Bottleneck, stride)
		}
	}
	x = g.node("GlobalAveragePool", "avgpool.out", nil, x)
	g.node("Flatten", "features", map[string]any{"axis": 1}, x)
}

// block adds a residual block (He et al. 2016), with the stride in the 3x3 convolution as
// in torchvision.
func (g *graph) block(in, name string, bottleneck bool, stride int) string {
	kernels, strides := []int{3, 3}, []int{stride, 1}
	if bottleneck {
		kernels, strides = []int{1, 3, 1}, []int{1, stride, 1}
	}
	x := in
	for i, k := range kernels {
		if i > 0 {
			x = g.relu(x)
		}
		x = g.conv(x, fmt.Sprintf("%sconv%d", name, i+1), fmt.Sprintf("%sbn%d", name, i+1), k, strides[i])
	}
	shortcut := in
	if g.has[name+"downsample.0.weight"] {
		shortcut = g.conv(in, name+"downsample.0", name+"downsample.1", 1, stride)
	}
	return g.relu(g.node("Add", name+"out", nil, x, shortcut))
}

func writeFloats(w io.Writer, values []float64) error {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	}
	_, err := w.Write(b)
	return err
}
