package ckpt

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

const goldens = "../../torch/serialize/testdata"

func TestFormats(t *testing.T) {
	dir := t.TempDir()
	state := []Tensor{{"a.weight", tensor(t, 1, 2, 3)}, {"b", tensor(t, 7)}}
	for _, name := range []string{"x.pt", "x.pth", "x.safetensors"} {
		if err := Save(filepath.Join(dir, name), state, SaveOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	var array, archive bytes.Buffer
	if err := npy.Write(&array, npy.FromFloat32s([]float32{1, 2, 3, 4, 5, 6}, 2, 3)); err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&archive)
	w, _ := z.Create("a.weight.npy")
	w.Write(array.Bytes())
	z.Close()
	os.WriteFile(filepath.Join(dir, "odd.name"), archive.Bytes(), 0o644)
	os.WriteFile(filepath.Join(dir, "x.npy"), array.Bytes(), 0o644)

	want := sha256.Sum256(array.Bytes()[len(array.Bytes())-24:])
	for path, c := range map[string]struct{ format, name string }{
		filepath.Join(dir, "x.pt"):          {"pt", "a.weight"},
		filepath.Join(dir, "x.pth"):         {"pt", "a.weight"},
		filepath.Join(dir, "x.safetensors"): {"safetensors", "a.weight"},
		filepath.Join(dir, "odd.name"):      {"npz", "a.weight"},
		filepath.Join(dir, "x.npy"):         {"npy", "array"},
		goldens + "/script.pt":              {"torchscript", "fc.weight"},
		goldens + "/legacy.pt":              {"legacy pt", "state_dict.conv1.weight"},
	} {
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := Inspect(f)
		if err != nil || info.Format != c.format {
			t.Fatalf("%s: %v, %v", path, info, err)
		}
		i := slices.IndexFunc(info.Tensors, func(x TensorInfo) bool { return x.Name == c.name })
		if i < 0 || !slices.Equal(info.Tensors[i].Shape, []int{2, 3}) {
			t.Fatalf("%s: %+v", path, info.Tensors)
		}
		if strings.HasPrefix(path, dir) && info.Tensors[i].SHA256 != hex.EncodeToString(want[:]) {
			t.Errorf("%s: sha256 %s, want %x", path, info.Tensors[i].SHA256, want)
		}
		if _, _, _, err := f.State(""); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for want, path := range map[string]string{
		"no such file":           filepath.Join(dir, "none.pt"),
		"a folder without":       t.TempDir(),
		"not a regular file":     "/dev/null",
		"neither a zip file nor": file("text.pt", "hello, these are no weights"),
		"unexpected EOF":         file("empty.pt", ""),
		"not a valid zip":        file("cut.pt", "PK\x03\x04 and then nothing more"),
		"header":                 file("cut.safetensors", "\xff\x00\x00\x00\x00\x00\x00\x00{"),
		"posix.system":           goldens + "/evil.pt",
		"is compressed":          goldens + "/compressed.pt",
		"_rebuild_sparse_tensor": goldens + "/sparse.pt",
	} {
		_, err := Open(path)
		wantError(t, err, want, path)
	}
}

func TestStateDicts(t *testing.T) {
	inner := dictOf(t, []Tensor{{"conv1.weight", tensor(t, 0, 1)}})
	for name, c := range map[string]struct {
		tree any
		key  string
		at   string
		want string // of the error
	}{
		"bare":         {tree: inner},
		"state_dict":   {tree: serialize.NewDict("epoch", 1, "state_dict", inner), at: "state_dict"},
		"model":        {tree: serialize.NewDict("opt", nil, "model", inner), at: "model"},
		"key":          {tree: serialize.NewDict("a", serialize.NewDict("b", inner)), key: "a.b", at: "a.b"},
		"none":         {tree: serialize.NewDict("a", serialize.NewDict("b", inner)), want: "no state dict found; state dicts are at a.b"},
		"wrong key":    {tree: serialize.NewDict("state_dict", inner), key: "model", want: "state dicts are at state_dict"},
		"deep":         {tree: serialize.NewDict("state_dict", inner), key: "state_dict.conv1.weight", want: `"state_dict.conv1.weight"`},
		"a list":       {tree: serialize.NewDict(), want: "nowhere"},
		"a number":     {tree: 3, want: "no state dict"},
		"mixed values": {tree: serialize.NewDict("conv1.weight", tensor(t, 0, 1), "x", 3.5), want: "no state dict"},
	} {
		f, err := Open(write(t, c.tree))
		if err != nil {
			t.Fatal(err)
		}
		state, at, _, err := f.State(c.key)
		if c.want != "" {
			wantError(t, err, c.want, f.Path)
		} else if err != nil || at != c.at || len(state) != 1 {
			t.Errorf("%s: at %q, %v, %v", name, at, state, err)
		}
		f.Close()
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	x := tensor(t, 0, 4, 2)
	turned := &serialize.Tensor{DType: x.DType, Shape: []int{2, 3}, Stride: []int{1, 2}, Offset: 1, Storage: x.Storage}
	state := []Tensor{{"x", x}, {"turned", turned}, {"tied", x}}
	for _, name := range []string{"a.pt", "a.safetensors"} {
		path := filepath.Join(dir, name)
		if err := Save(path, state, SaveOptions{}); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, _, _, err := f.State("")
		if err != nil {
			t.Fatal(err)
		}
		c, err := Diff(state, got, 0)
		if err != nil || !c.Within || c.Equal != 3 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		f.Close()
	}
	if st, err := os.Stat(filepath.Join(dir, "a.pt")); err != nil || st.Size() > 2000 {
		t.Errorf("%v, %v", st, err)
	}
	wantError(t, Save(filepath.Join(dir, "a.onnx"), state, SaveOptions{}), `".onnx" is not supported`)
	wantError(t, Save(filepath.Join(dir, "b.safetensors"), state, SaveOptions{Wrap: "model"}), "cannot be put below")
	if err := Save(filepath.Join(dir, "w.pt"), state[:1], SaveOptions{Wrap: "model"}); err != nil {
		t.Fatal(err)
	}
	f, err := Open(filepath.Join(dir, "w.pt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, at, _, err := f.State(""); err != nil || at != "model" {
		t.Errorf("at %q, %v", at, err)
	}
}

// TestAttributes: attributes of a tensor are shown, and listed as not converted.
func TestAttributes(t *testing.T) {
	f, err := Open(goldens + "/attrs.pt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, values := f.Leaves(); !slices.Contains(values, Value{"t.title", `"a tensor"`}) {
		t.Errorf("values %v", values)
	}
	_, _, other, err := f.State("")
	if err != nil || !slices.Equal(other, []string{"attributes of t", "attributes of p", "attributes of b"}) {
		t.Errorf("left behind %q, %v", other, err)
	}
}
