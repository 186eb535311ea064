package torchtest

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// Goldens are tensors that PyTorch computed, in a .safetensors file written by a
// make_goldens.py next to it.
type Goldens struct {
	t    testing.TB
	file *safetensors.File
	used map[string]bool
}

// Open reads a file of goldens.
func Open(t testing.TB, path string) *Goldens {
	t.Helper()
	f, err := safetensors.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return &Goldens{t, f, map[string]bool{}}
}

// Tensor returns a golden as a tensor of the current scope.
func (g *Goldens) Tensor(name string) torch.Tensor {
	g.t.Helper()
	s := g.file.Get(name)
	if s == nil {
		g.t.Fatalf("no golden %q", name)
	}
	g.used[name] = true
	shape := make([]int64, len(s.Shape))
	for i, n := range s.Shape {
		shape[i] = int64(n)
	}
	return torch.FromBytes(s.Data, s.DType, shape...)
}

// JSON reads a value from the file's metadata.
func (g *Goldens) JSON(name string, v any) {
	g.t.Helper()
	if err := json.Unmarshal([]byte(g.file.Metadata[name]), v); err != nil {
		g.t.Fatalf("golden %q: %v", name, err)
	}
}

// Unused fails for goldens with a prefix that no test requested.
func (g *Goldens) Unused(prefix string) {
	g.t.Helper()
	for _, s := range g.file.Tensors {
		if strings.HasPrefix(s.Name, prefix) && !g.used[s.Name] {
			g.t.Errorf("golden %q is not compared with anything", s.Name)
		}
	}
}

// Same expects the golden's type, shape and bits.
func (g *Goldens) Same(name string, got torch.Tensor) {
	g.t.Helper()
	if want := g.Tensor(name); g.sameType(name, got, want) && !bytes.Equal(got.Bytes(), want.Bytes()) {
		g.t.Errorf("%s: bits differ from PyTorch's; largest difference %g", name, Difference(got, want))
	}
}

// Near is Same up to a relative and absolute tolerance, for kernels whose rounding
// depends on the processor.
func (g *Goldens) Near(name string, got torch.Tensor, tolerance float64) {
	g.t.Helper()
	want := g.Tensor(name)
	if !want.DType().IsFloat() {
		g.Same(name, got)
		return
	}
	if !g.sameType(name, got, want) {
		return
	}
	w := torch.Slice[float64](want.To(torch.Float64))
	for i, v := range torch.Slice[float64](got.To(torch.Float64)) {
		if !(math.Abs(v-w[i]) <= tolerance*(1+math.Abs(w[i]))) && !(math.IsNaN(v) && math.IsNaN(w[i])) {
			g.t.Errorf("%s: element %d is %v, want %v", name, i, v, w[i])
			return
		}
	}
}

// Exact is Same where libtorch's random numbers and element-wise kernels match the
// goldens bit for bit: with AVX2. Without it libtorch rounds differently, in Python too,
// and Exact is Near.
func (g *Goldens) Exact(name string, got torch.Tensor) {
	g.t.Helper()
	if HasAVX2() {
		g.Same(name, got)
	} else {
		g.Near(name, got, 1e-5)
	}
}

// HasAVX2 reports whether libtorch uses kernels for AVX2 or AVX-512, which round the same way.
func HasAVX2() bool {
	config, err := torch.Config()
	return err == nil && (strings.Contains(config, "CPU capability usage: AVX2") || strings.Contains(config, "CPU capability usage: AVX512"))
}

func (g *Goldens) sameType(name string, got, want torch.Tensor) bool {
	g.t.Helper()
	if a, b := got.Shape(), want.Shape(); !slices.Equal(a, b) || got.DType() != want.DType() {
		g.t.Errorf("%s: %v %v, want %v %v", name, got.DType(), a, want.DType(), b)
		return false
	}
	return true
}

// Difference is the largest absolute difference of two tensors of equal shape.
func Difference(a, b torch.Tensor) float64 {
	if a.Numel() == 0 {
		return 0
	}
	return torch.Item[float64](a.Detach().To(torch.Float64).Sub(b.Detach().To(torch.Float64)).Abs().Max())
}
