package serialize_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/safetensors"
)

// TestWriteForPeers writes the files that testdata/check.py reads with PyTorch, NumPy and
// safetensors (make parity), into the folder BCL_PEER_DIR, and reads the checkpoints
// back. With BCL_PEER_HUGE set it also writes one of more than 4 GB. ours.json lists the
// contents of the files, in the form of testdata/theirs.py.
func TestWriteForPeers(t *testing.T) {
	dir := os.Getenv("BCL_PEER_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }

	for _, name := range []string{"checkpoint.pt", "dtypes.pt", "views.pt"} {
		tree, err := serialize.Load(filepath.Join("testdata", name))
		must(err)
		must(serialize.Save(at(name), tree))
		if state, ok := tree.(*serialize.Dict).Get("state_dict"); ok {
			must(serialize.Save(at("state.pt"), state))
		}
	}
	// All files that PyTorch wrote, written by this package.
	tree, err := serialize.Load("testdata/theirs-2.15.0/zip.pt")
	must(err)
	must(serialize.Save(at("tree.pt"), tree))
	types, _ := tree.(*serialize.Dict).Get("types")
	must(serialize.Save(at("types.pt"), types))
	views, _ := tree.(*serialize.Dict).Get("views")
	must(serialize.Save(at("layouts.pt"), views))
	state, _ := tree.(*serialize.Dict).Get("state_dict")
	must(serialize.Save(at("module.pt"), state))

	many := &serialize.List{}
	for i := range 70000 {
		x, err := serialize.NewTensor(dtype.Int32, nil, []byte{byte(i), byte(i >> 8), byte(i >> 16), 0})
		must(err)
		many.Items = append(many.Items, x)
	}
	must(serialize.Save(at("many.pt"), many))
	x, err := serialize.FromFunc(dtype.Uint8, []int{1000, 1001}, func(w io.Writer) error {
		for i := range 1001000 {
			if _, err := w.Write([]byte{byte(i % 251)}); err != nil {
				return err
			}
		}
		return nil
	})
	must(err)
	must(serialize.Save(at("random.pt"), serialize.NewDict("x", x)))
	files := map[string]*told{} // their contents, as we read them back
	for _, name := range []string{"checkpoint.pt", "dtypes.pt", "views.pt", "state.pt", "random.pt", "tree.pt", "types.pt", "layouts.pt", "module.pt"} {
		files[name] = readTold(t, at(name))
	}
	_, err = serialize.Load(at("many.pt"))
	must(err)

	if os.Getenv("BCL_PEER_HUGE") != "" {
		const n = 1<<32 + 10
		zeros, err := serialize.FromFunc(dtype.Uint8, []int{n}, func(w io.Writer) error {
			buf := make([]byte, 1<<20)
			for left := n; left > 0; left -= min(left, len(buf)) {
				if _, err := w.Write(buf[:min(left, len(buf))]); err != nil {
					return err
				}
			}
			return nil
		})
		must(err)
		b, err := serialize.FromArray(npy.FromFloat32s([]float32{7}))
		must(err)
		must(serialize.Save(at("huge.pt"), serialize.NewDict("a", zeros, "b", b)))
		f, err := serialize.Open(at("huge.pt"), serialize.Options{})
		must(err)
		defer f.Close()
		if got, err := f.Storages()[1].Bytes(); err != nil || got[3] != 0x40 {
			t.Errorf("read %x, %v", got, err)
		}
	}

	must(atomicfile.WriteFile(at("x.npy"), func(w io.Writer) error {
		return npy.Write(w, npy.FromFloat32s([]float32{0, .5, 1, 1.5, 2, 2.5}, 2, 3))
	}))
	must(atomicfile.WriteFile(at("i.npy"), func(w io.Writer) error {
		return npy.Write(w, npy.FromInt64s([]int64{1, -2, 1 << 40}))
	}))
	all, err := safetensors.Load("safetensors/testdata/all.safetensors")
	must(err)
	must(safetensors.Save(at("x.safetensors"), all.Tensors, map[string]string{"format": "pt", "by": "bcl"}))
	text, err := json.Marshal(map[string]any{"files": files})
	must(err)
	must(os.WriteFile(at("ours.json"), text, 0o644))
}
