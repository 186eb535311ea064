package serialize

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// TestHostileLegacy: files from before PyTorch 1.6 have no table and no checksums, and
// are treated with the same distrust.
func TestHostileLegacy(t *testing.T) {
	p := func(v any) []byte {
		b, err := pickle.Marshal(v, pickle.EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tuple := pickle.NewTuple
	storage := func(key any, n int) any {
		return tuple("storage", pickle.Global{Module: "torch", Name: "ByteStorage"}, key, "cpu", n, nil)
	}
	good, evil := callOn(storage("a", 4), 0, tuple(4), tuple(1)), &pickle.Reduction{Fn: pickle.Global{Module: "posix", Name: "system"}, Args: tuple("touch pwned")}
	system, keys := p(NewDict("little_endian", true)), p(pickle.NewList("a"))
	elements := func(n uint64, data string) []byte { return append(binary.LittleEndian.AppendUint64(nil, n), data...) }
	data := elements(4, "abcd")
	if _, err := open(legacyOf(t, system, p(good), keys, data)); err != nil {
		t.Fatalf("a small good file: %v", err)
	}
	doubling := "]q\x00" + strings.Repeat("0]q\x01h\x00ah\x00a0]q\x00h\x01ah\x01a", 30) + "."
	for name, c := range map[string]struct {
		want  string
		parts [][]byte
	}{
		"os.system, tree":     {`"posix.system"`, [][]byte{system, p(evil), keys, data}},
		"os.system, system":   {`"posix.system"`, [][]byte{p(evil), p(good), keys, data}},
		"os.system, keys":     {`"posix.system"`, [][]byte{system, p(good), p(evil), data}},
		"billion laughs":      {"shared values", [][]byte{system, []byte(doubling), keys, data}},
		"key of a dict twice": {"twice", [][]byte{system, []byte("}(K\x01NK\x01Nu."), keys, data}},
		"storage twice":       {"or the list repeats it", [][]byte{system, p(good), p(pickle.NewList("a", "a")), data, data}},
		"unused storage":      {"the tree has no storage", [][]byte{system, p(good), p(pickle.NewList("a", "b")), data, data}},
		"storage not listed":  {"is not in the list", [][]byte{system, p(good), p(pickle.NewList()), data}},
		"keys are a dict":     {"missing", [][]byte{system, p(good), p(NewDict()), data}},
		"another count":       {"has 5 elements", [][]byte{system, p(good), keys, elements(5, "abcde")}},
		"huge count":          {"elements", [][]byte{system, p(good), keys, elements(1<<63, "abcd")}},
		"huge storage":        {"within the file", [][]byte{system, p(callOn(storage("a", 1<<62), 0, tuple(4), tuple(1))), keys, elements(1<<62, "abcd")}},
		"cut":                 {"within the file", [][]byte{system, p(good), keys, elements(4, "abc")}},
		"no count":            {"unexpected EOF", [][]byte{system, p(good), keys, []byte("\x04")}},
		"bytes after":         {"after the last", [][]byte{system, p(good), keys, data, []byte("x")}},
		"outside":             {"does not lie within", [][]byte{system, p(callOn(storage("a", 4), 1, tuple(4), tuple(1))), keys, data}},
		"shape overflow":      {"overflows", [][]byte{system, p(callOn(storage("a", 4), 0, tuple(1<<32, 1<<32), tuple(0, 0))), keys, data}},
		"stride bomb":         {"repeats", [][]byte{system, p(callOn(storage("a", 4), 0, tuple(1<<40), tuple(0))), keys, data}},
		"a view of another":   {"views of others", [][]byte{system, p(callOn(tuple("storage", pickle.Global{Module: "torch", Name: "ByteStorage"}, "a", "cpu", 4, tuple("b", 0, 4)), 0, tuple(4), tuple(1))), keys, data}},
	} {
		_, err := open(legacyOf(t, c.parts...))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "memory") {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	if _, err := os.Stat("pwned"); err == nil {
		t.Error("a command was run")
	}
}

// TestLinkInArchive: a record that is marked as a symbolic link.
func TestLinkInArchive(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, r := range [][2]string{{"a/data.pkl", "N."}, {"a/version", "3\n"}, {"a/data/0", "/etc/passwd"}} {
		h := &zip.FileHeader{Name: r[0], Method: zip.Store}
		if r[0] == "a/data/0" {
			h.SetMode(os.ModeSymlink | 0o777)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(r[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(b.Bytes()); err == nil || !strings.Contains(err.Error(), `"a/data/0" is a link`) {
		t.Errorf("error %v", err)
	}
}
