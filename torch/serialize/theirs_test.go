package serialize_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/npz"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// told is testdata/theirs.py's description of a file: type, shape and sha256 of each
// tensor, and other values, by their paths.
type told struct {
	Tensors map[string][3]any `json:"tensors"`
	Values  map[string]any    `json:"values"`
}

func newTold() *told { return &told{map[string][3]any{}, map[string]any{}} }

// tensor adds a tensor. The forms are JSON's.
func (s *told) tensor(path string, d dtype.DType, shape []int, data []byte) {
	dims := make([]any, len(shape))
	for i, n := range shape {
		dims[i] = float64(n)
	}
	s.Tensors[path] = [3]any{d.String(), dims, fmt.Sprintf("%x", sha256.Sum256(data))}
}

func (s *told) walk(t *testing.T, path string, v any) {
	t.Helper()
	below := func(name any) string { return strings.TrimPrefix(fmt.Sprint(path, ".", name), ".") }
	switch v := v.(type) {
	case *serialize.Tensor:
		data, err := v.ReadData()
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		s.tensor(path, v.DType, v.Shape, data)
	case *serialize.Dict:
		for k, x := range v.All() {
			s.walk(t, below(k), x)
		}
		if v.Attrs != nil {
			s.walk(t, path, v.Attrs)
		}
	case *serialize.List:
		for i, x := range v.Items {
			s.walk(t, below(i), x)
		}
	case *serialize.Tuple:
		for i, x := range v.Items {
			s.walk(t, below(i), x)
		}
	case *serialize.Namespace:
		s.walk(t, path, v.Attrs)
	case *serialize.Object:
		s.walk(t, path, v.Weights())
	case int64:
		s.Values[path] = float64(v)
	case nil, bool, float64, string:
		s.Values[path] = v
	case *npy.Array:
		s.tensor(path, v.DType, v.Shape, v.Data)
	case serialize.Size, serialize.Device, dtype.DType: // not described
	default:
		t.Errorf("%s is a %T", path, v)
	}
}

// readTold reads a file of any format.
func readTold(t *testing.T, path string) *told {
	t.Helper()
	got := newTold()
	switch filepath.Ext(path) {
	case ".npz":
		entries, err := npz.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			got.walk(t, e.Name, e.Array)
		}
	case ".safetensors":
		f, err := safetensors.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range f.Tensors {
			got.tensor(x.Name, x.DType, x.Shape, x.Data)
		}
		if f.Metadata["epoch"] != "3" {
			t.Errorf("%s: metadata %v", path, f.Metadata)
		}
	default:
		f, err := serialize.Open(path, serialize.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		got.walk(t, "", f.Tree)
		if err := f.Verify(); err != nil {
			t.Error(err)
		}
	}
	return got
}

// TestReadTheirs reads files that several versions of PyTorch wrote, and with
// BCL_THEIRS_DIR set those that one has just written (make parity): every tensor bit for
// bit, and every other value.
func TestReadTheirs(t *testing.T) {
	dirs, err := filepath.Glob("testdata/theirs-*")
	if err != nil || len(dirs) < 3 {
		t.Fatalf("folders %q, %v", dirs, err)
	}
	if dir := os.Getenv("BCL_THEIRS_DIR"); dir != "" {
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs {
		text, err := os.ReadFile(filepath.Join(dir, "theirs.json"))
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Version string
			Files   map[string]*told
		}
		if err := json.Unmarshal(text, &list); err != nil || len(list.Files) < 9 {
			t.Fatalf("%s: %d files, %v", dir, len(list.Files), err)
		}
		for name, want := range list.Files {
			got := readTold(t, filepath.Join(dir, name))
			if !reflect.DeepEqual(got.Tensors, want.Tensors) {
				t.Errorf("torch %s, %s: tensors\n%v, want\n%v", list.Version, name, got.Tensors, want.Tensors)
			}
			for path, v := range want.Values {
				if x, ok := got.Values[path]; !ok || !reflect.DeepEqual(x, v) {
					t.Errorf("torch %s, %s: %s is %v, want %v", list.Version, name, path, x, v)
				}
			}
		}
		t.Logf("torch %s: %d files", list.Version, len(list.Files))
	}
}
