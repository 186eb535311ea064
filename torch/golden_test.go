package torch_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// goldens holds what PyTorch gave: testdata/make_goldens.py.
type goldens struct {
	t    *testing.T
	file *safetensors.File
	used map[string]bool
}

func readGoldens(t *testing.T) *goldens {
	t.Helper()
	f, err := safetensors.Load("testdata/goldens.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	return &goldens{t, f, map[string]bool{}}
}

// get returns a golden as a tensor of the current scope.
func (g *goldens) get(name string) torch.Tensor {
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

// unused fails for goldens with a prefix that no test asked for.
func (g *goldens) unused(prefix string) {
	g.t.Helper()
	for _, s := range g.file.Tensors {
		if strings.HasPrefix(s.Name, prefix) && !g.used[s.Name] {
			g.t.Errorf("golden %q is not compared with anything", s.Name)
		}
	}
}

// same wants the golden's type, shape and bits.
func (g *goldens) same(name string, got torch.Tensor) {
	g.t.Helper()
	want := g.get(name)
	if got.DType() != want.DType() {
		g.t.Errorf("%s: %v, want %v", name, got.DType(), want.DType())
	}
	wantShape(g.t, name, got, want.Shape()...)
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		g.t.Errorf("%s: other bits than PyTorch's:\n%v\nwant\n%v", name, got, want)
	}
}

// near is same with a relative and absolute tolerance for floats: the kernels of
// another processor may round otherwise.
func (g *goldens) near(name string, got torch.Tensor, tolerance float64) {
	g.t.Helper()
	want := g.get(name)
	if !want.DType().IsFloat() {
		g.same(name, got)
		return
	}
	if got.DType() != want.DType() {
		g.t.Errorf("%s: %v, want %v", name, got.DType(), want.DType())
	}
	wantShape(g.t, name, got, want.Shape()...)
	w := torch.Slice[float64](want.To(torch.Float64))
	for i, v := range torch.Slice[float64](got.To(torch.Float64)) {
		if !(math.Abs(v-w[i]) <= tolerance*(1+math.Abs(w[i]))) {
			g.t.Errorf("%s: element %d is %v, want %v", name, i, v, w[i])
			return
		}
	}
}
