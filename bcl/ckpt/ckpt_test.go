package ckpt

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// tensor returns a small tensor whose values count up from first.
func tensor(t testing.TB, first float32, shape ...int) *serialize.Tensor {
	t.Helper()
	n, err := npy.Elements(shape)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float32, n)
	for i := range v {
		v[i] = first + float32(i)
	}
	x, err := serialize.FromArray(npy.FromFloat32s(v, append([]int{}, shape...)...))
	if err != nil {
		t.Fatal(err)
	}
	if len(shape) == 0 {
		x.Shape = []int{}
	}
	return x
}

// golden returns the names that testdata/keys.py listed, by scheme.
func golden(t testing.TB) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("testdata/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Keys map[string]string }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for name, keys := range file.Keys {
		out[name] = strings.Fields(keys)
	}
	return out
}

// stateOfNames makes a tensor for each name.
func stateOfNames(t testing.TB, names []string) []Tensor {
	var out []Tensor
	for i, n := range names {
		out = append(out, Tensor{n, tensor(t, float32(i), 1)})
	}
	return out
}

// resnet returns a backbone of two channels under torchvision's names.
func resnet(t testing.TB) []Tensor {
	var out []Tensor
	for i, s := range small.Specs() {
		if s.DType == dtype.Int64 {
			x, err := serialize.NewTensor(dtype.Int64, []int{}, binary.LittleEndian.AppendUint64(nil, uint64(i)))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, Tensor{s.Name, x})
			continue
		}
		out = append(out, Tensor{s.Name, tensor(t, float32(i)+1, s.Shape...)})
	}
	return out
}

var small = Arch{Blocks: [4]int{1, 1, 1, 1}, Width: 2, Kernel: 3}

// rename renames tensors from torchvision's names to those of a scheme.
func rename(t testing.TB, state []Tensor, to string) []Tensor {
	t.Helper()
	out, _, err := Convert(state, Options{From: find(t, "torchvision"), To: find(t, to)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func find(t testing.TB, name string) *Scheme {
	t.Helper()
	s, err := FindScheme(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// write saves a tree and returns the file's name.
func write(t testing.TB, tree any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pt")
	if err := serialize.Save(path, tree); err != nil {
		t.Fatal(err)
	}
	return path
}

func dictOf(t testing.TB, state []Tensor) *serialize.Dict {
	t.Helper()
	d := serialize.NewOrderedDict()
	for _, x := range state {
		if err := d.Set(x.Name, x.Tensor); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("error %v, want one with %q", err, p)
		}
	}
}

func nan() float32 { return float32(math.NaN()) }
