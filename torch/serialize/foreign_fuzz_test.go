package serialize

import (
	"bytes"
	"os"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// readBounded reads a file with its storages, without and with SkipUnknown. 400 bytes per
// byte of the file is the cost of a pickle of one-byte opcodes as Go values.
func readBounded(t *testing.T, b []byte) (tree any, err error) {
	t.Helper()
	bounded.Check(t, len(b), 400, func() {
		f, e := NewFile(bytes.NewReader(b), int64(len(b)), "fuzz", Options{IgnoreCRC: true})
		if err = e; err != nil {
			return
		}
		tree = f.Tree
		if err = f.ReadAll(); err != nil && !f.Sealed() {
			t.Error(err) // everything was checked before
		}
	})
	if len(b) <= 1<<16 {
		skip(t, b)
	}
	return tree, err
}

// FuzzPlain reads plain pickles, and all else as it comes.
func FuzzPlain(f *testing.F) {
	for _, name := range []string{"arrays_0.pkl", "arrays_4.pkl", "tensors.pkl", "module.pkl"} {
		b, err := os.ReadFile(golden(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	bounded.Quick(f)
	f.Fuzz(func(t *testing.T, b []byte) { readBounded(t, b) })
}

// FuzzModule reads zip files with an arbitrary pickle and one storage, with SkipUnknown.
func FuzzModule(f *testing.F) {
	for _, name := range []string{"module.pt", "module_loop.pt", "odd.pt"} {
		file, err := Open(golden(name), Options{SkipUnknown: true})
		if err != nil {
			f.Fatal(err)
		}
		defer file.Close()
		r := file.zip.records["data.pkl"]
		b := make([]byte, r.size)
		if err := r.readInto(b, 1); err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	bounded.Quick(f)
	f.Fuzz(func(t *testing.T, program []byte) {
		skip(t, zipOf(t, nil, "a/data.pkl", string(program), "a/version", "3\n", "a/data/0", "abcdefgh"))
	})
}

// legacyOf is a file from before PyTorch 1.6: the magic number and the protocol, which
// the fuzz target keeps, then the given parts.
func legacyOf(t testing.TB, parts ...[]byte) []byte {
	t.Helper()
	var b []byte
	for _, v := range []any{legacyMagic, legacyProtocol} {
		p, err := pickle.Marshal(v, pickle.EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, p...)
	}
	return append(b, bytes.Join(parts, nil)...)
}

// FuzzLegacy reads files from before PyTorch 1.6 with arbitrary system, tree, list of
// storages and elements. What is read can be written and read again.
func FuzzLegacy(f *testing.F) {
	golden, err := os.ReadFile(golden("legacy.pt"))
	if err != nil {
		f.Fatal(err)
	}
	// The pickles follow each other; each is taken from the golden file.
	d := pickle.NewDecoder(bytes.NewReader(golden), pickle.Options{
		FindClass:      classes().Find,
		PersistentLoad: func(any) (any, error) { return &Storage{Len: 1 << 20, DType: 1}, nil },
	})
	cut := []int64{0}
	for range 5 {
		d.Decode() // the tree's tensors need not fit: only its length matters
		cut = append(cut, d.Consumed())
	}
	part := func(i int) []byte { return golden[cut[i]:cut[i+1]] }
	f.Add(part(2), part(3), part(4), golden[cut[5]:])
	f.Add([]byte("}."), []byte("N."), []byte("]."), []byte{})
	bounded.Quick(f)
	f.Fuzz(func(t *testing.T, system, tree, keys, elements []byte) {
		v, err := readBounded(t, legacyOf(t, system, tree, keys, elements))
		if err == nil {
			again(t, v)
		}
	})
}

// FuzzScript reads TorchScript archives with arbitrary pickle, constants and storages.
func FuzzScript(f *testing.F) {
	file, err := Open(golden("script.pt"), Options{})
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	record := func(name string) []byte {
		r := file.zip.records[name]
		if r == nil {
			f.Fatalf("script.pt has no record %s", name)
		}
		b := make([]byte, r.size)
		if err := r.readInto(b, 1); err != nil {
			f.Fatal(err)
		}
		return b
	}
	f.Add(record("data.pkl"), record("data/0"), record("data/1"), "little")
	f.Add([]byte("c__torch__.net\nNet\n)\x81}(X\x01\x00\x00\x00aK\x01ub."), []byte{}, []byte("abcd"), "big")
	f.Add([]byte("ctorch.jit._pickle\nbuild_intlist\n](K\x01K\x02e\x85R."), []byte{}, []byte{}, "little")
	bounded.Quick(f)
	f.Fuzz(func(t *testing.T, program, first, second []byte, order string) {
		b := zipOf(t, nil, "a/data.pkl", string(program), "a/constants.pkl", "N.", "a/version", "3\n",
			"a/byteorder", order, "a/data/0", string(first), "a/data/1", string(second))
		v, err := readBounded(t, b)
		if err != nil {
			return
		}
		if o, ok := v.(*Object); ok {
			_ = repr(o.Weights())
		}
	})
}

// again writes a tree and reads it back: with few exceptions this package writes what it
// reads, and the result is equal.
func again(t *testing.T, tree any) {
	t.Helper()
	var w bytes.Buffer
	if err := Write(&w, tree); err != nil {
		return // such as an array of NumPy
	}
	back, err := open(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := repr(back), repr(tree); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}
