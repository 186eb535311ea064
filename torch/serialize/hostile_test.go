package serialize

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/internal/bounded"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// zipOf writes records from alternating names and contents.
func zipOf(t testing.TB, edit func(*zipWriter), pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := &zipWriter{w: &b}
	for i := 0; i < len(pairs); i += 2 {
		if err := z.text(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(z)
	}
	if err := z.finish(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(b []byte) (any, error) {
	f, err := NewFile(bytes.NewReader(b), int64(len(b)), "memory", Options{})
	if err != nil {
		return nil, err
	}
	return f.Tree, f.ReadAll()
}

func TestHostileArchives(t *testing.T) {
	const p, none, v, three = "a/data.pkl", "N.", "a/version", "3\n"
	if _, err := open(zipOf(t, nil, p, none, v, three)); err != nil {
		t.Fatalf("a small good file: %v", err)
	}
	for name, c := range map[string]struct {
		want  string
		edit  func(*zipWriter)
		pairs []string
	}{
		"is repeated":                  {"is repeated", nil, []string{p, none, v, three, p, "K\x01."}},
		"up":                           {`a part that is ".."`, nil, []string{p, none, v, three, "a/../../etc/passwd", ""}},
		"root":                         {"begins with a slash", nil, []string{"/data.pkl", none, "/version", three}},
		"backslash":                    {`the character '\\'`, nil, []string{p, none, v, three, `a/..\x`, ""}},
		"no folder":                    {"expected FOLDER/NAME", nil, []string{"data.pkl", none}},
		"is folder":                    {`a part that is ""`, nil, []string{p, none, v, three, "a/b/", ""}},
		"two folders":                  {"not in the folder", nil, []string{p, none, "b/version", three}},
		"no pickle":                    {"no record data.pkl", nil, []string{v, three}},
		"no version":                   {`"version" is ""`, nil, []string{p, none}},
		"version 11":                   {`"version" is "11"`, nil, []string{p, none, v, "11\n"}},
		"long":                         {"short text", nil, []string{p, none, v, strings.Repeat("3", 99)}},
		"byte order":                   {`"byteorder" is "middle"`, nil, []string{p, none, v, three, "a/byteorder", "middle"}},
		"order lost":                   {`"byteorder" is ""`, nil, []string{p, none, v, three, "a/.format_version", "1"}},
		"TorchScript list":             {"build_list", nil, []string{p, "ctorch.jit._pickle\nbuild_list\n.", v, three, "a/constants.pkl", none}},
		"TorchScript class, not there": {"not on the allow-list", nil, []string{p, "c__torch__.net\nNet\n.", v, three}},
		"overlap": {"overlap", func(z *zipWriter) {
			z.entries = append(z.entries, entry{"a/other", z.entries[0].offset, 2, z.entries[0].crc, 0})
		}, []string{p, none, v, three}},
		"outside":   {"does not lie within", func(z *zipWriter) { z.entries[0].size = 1 << 40 }, []string{p, none, v, three}},
		"huge":      {"does not lie within", func(z *zipWriter) { z.entries[0].size = 1<<64 - 1 }, []string{p, none, v, three}},
		"at end":    {"record", func(z *zipWriter) { z.entries[0].offset = 1 << 40 }, []string{p, none, v, three}},
		"checksum":  {"checksum", func(z *zipWriter) { z.entries[2].crc++ }, []string{p, none, v, three, "a/unused", "x"}},
		"encrypted": {"encrypted", func(z *zipWriter) { z.entries[0].flags |= 1 }, []string{p, none, v, three}},
	} {
		_, err := open(zipOf(t, c.edit, c.pairs...))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "memory") {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// call is a tensor over the storage "0" of four bytes.
func call(offset, shape, stride any) any {
	return callOn(pickle.NewTuple("storage", pickle.Global{Module: "torch", Name: "ByteStorage"}, "0", "cpu", 4), offset, shape, stride)
}

func callOn(id, offset, shape, stride any) any {
	return &pickle.Reduction{
		Fn:   pickle.Global{Module: "torch._utils", Name: "_rebuild_tensor_v2"},
		Args: pickle.NewTuple(&pickle.Persistent{ID: id}, offset, shape, stride, false, NewOrderedDict()),
	}
}

// typed is a tensor with attributes.
func typed(f pickle.Global, state any) any {
	id := pickle.NewTuple("storage", pickle.Global{Module: "torch", Name: "ByteStorage"}, "0", "cpu", 4)
	args := pickle.NewTuple(&pickle.Persistent{ID: id}, 0, pickle.NewTuple(4), pickle.NewTuple(1), false, NewOrderedDict())
	return &pickle.Reduction{
		Fn:   pickle.Global{Module: "torch._tensor", Name: "_rebuild_from_type_v2"},
		Args: pickle.NewTuple(f, pickle.Global{Module: "torch", Name: "Tensor"}, args, state),
	}
}

func TestHostileTensors(t *testing.T) {
	tuple := pickle.NewTuple
	dims := make([]any, 65)
	for i := range dims {
		dims[i] = 1
	}
	float := pickle.Global{Module: "torch", Name: "FloatStorage"}
	byteClass := pickle.Global{Module: "torch", Name: "ByteStorage"}
	good := call(0, tuple(4), tuple(1))
	const max = 1<<63 - 1
	for name, c := range map[string]struct {
		tree any
		want string
	}{
		"past the end":      {call(1, tuple(4), tuple(1)), "does not lie within"},
		"offset":            {call(5, tuple(0), tuple(1)), "does not lie within"},
		"negative offset":   {call(-1, tuple(1), tuple(1)), "does not lie within"},
		"negative stride":   {call(3, tuple(2), tuple(-1)), "does not lie within"},
		"negative size":     {call(0, tuple(-1), tuple(1)), "negative"},
		"wide stride":       {call(0, tuple(3), tuple(max)), "does not lie within"},
		"stride overflow":   {call(0, tuple(3, 3), tuple(max/2+1, max/2+1)), "does not lie within"},
		"shape overflow":    {call(0, tuple(1<<32, 1<<32), tuple(0, 0)), "overflows"},
		"stride bomb":       {call(0, tuple(1<<40), tuple(0)), "repeats"},
		"strides missing":   {call(0, tuple(2, 2), tuple(1)), "2 sizes and 1 strides"},
		"65 dimensions":     {call(0, tuple(dims...), tuple(dims...)), "at most 64"},
		"offset is a str":   {call("0", tuple(1), tuple(1)), "expected an int"},
		"shape is a number": {call(0, 4, tuple(1)), "expected a tuple"},
		"record missing":    {callOn(tuple("storage", byteClass, "1", "cpu", 4), 0, tuple(4), tuple(1)), "no record data/1"},
		"key goes up":       {callOn(tuple("storage", byteClass, "../data.pkl", "cpu", 4), 0, tuple(4), tuple(1)), "no record data/../data.pkl"},
		"wrong length":      {callOn(tuple("storage", byteClass, "0", "cpu", 5), 0, tuple(4), tuple(1)), "has 4 bytes"},
		"length overflow":   {callOn(tuple("storage", float, "0", "cpu", 1<<62), 0, tuple(4), tuple(1)), "has 4 bytes"},
		"negative length":   {callOn(tuple("storage", byteClass, "0", "cpu", -4), 0, tuple(4), tuple(1)), "number of elements"},
		"two types":         {NewDict("a", good, "b", callOn(tuple("storage", float, "0", "cpu", 1), 0, tuple(1), tuple(1))), "before"},
		"not a storage":     {callOn(tuple("module", byteClass, "0", "cpu", 4), 0, tuple(4), tuple(1)), `expected "storage"`},
		"id is a number":    {&pickle.Persistent{ID: 3}, "expected a tuple"},
		"class is a str":    {callOn(tuple("storage", "torch.FloatStorage", "0", "cpu", 4), 0, tuple(4), tuple(1)), "storage's class"},
		"no storage":        {&pickle.Reduction{Fn: pickle.Global{Module: "torch._utils", Name: "_rebuild_tensor_v2"}, Args: tuple(1, 0, tuple(), tuple())}, "expected a storage"},
		"hooks": {&pickle.Reduction{Fn: pickle.Global{Module: "torch._utils", Name: "_rebuild_parameter"}, Args: tuple(good, true, NewOrderedDict("x", 1))},
			"no hooks"},
		"Parameter of int": {&pickle.Reduction{Fn: pickle.Global{Module: "torch._utils", Name: "_rebuild_parameter"}, Args: tuple(1, true, NewOrderedDict())},
			"of a int"},
		"typed, by eval": {typed(pickle.Global{Module: "builtins", Name: "eval"}, nil), `"builtins.eval"`},
		"typed, by Size": {typed(pickle.Global{Module: "torch", Name: "Size"}, nil), "made by torch.Size"},
		"typed, state":   {typed(pickle.Global{Module: "torch._utils", Name: "_rebuild_tensor_v2"}, 3), "attributes of a tensor are a int"},
		"state of int": {&pickle.Reduction{Fn: pickle.Global{Module: "torch._utils", Name: "_rebuild_parameter_with_state"}, Args: tuple(1, true, NewOrderedDict(), NewDict())},
			"of a int"},
		"eval": {&pickle.Reduction{Fn: pickle.Global{Module: "builtins", Name: "eval"}, Args: tuple("1")}, `"builtins.eval"`},
	} {
		program, err := pickle.Marshal(c.tree, pickle.EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = open(zipOf(t, nil, "a/data.pkl", string(program), "a/version", "3\n", "a/data/0", "abcd"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// masks are the changes of a byte: one bit, chosen by its position, the highest, and all.
func masks(i int) []byte { return []byte{1 << (i % 8), 0x80, 0xff} }

// TestFlipped changes every byte of a file. There is no panic; and a file that is still
// read, such as one with changed padding, gives the same tree.
func TestFlipped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"checkpoint.pt", "big_endian.pt"} {
		want := repr(mustLoad(t, name))
		b, err := os.ReadFile(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := NewFile(bytes.NewReader(b), int64(len(b)), name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		inside := make([]bool, len(b))
		for _, r := range f.zip.records {
			for i := r.offset; i < r.offset+r.size; i++ {
				inside[i] = true
			}
		}
		for i := range b {
			for _, mask := range masks(i) {
				b[i] ^= mask
				v, err := open(b)
				switch {
				case err == nil && inside[i]:
					t.Errorf("%s: byte %d, in a record, was changed by %#x unnoticed", name, i, mask)
				case err == nil && repr(v) != want:
					t.Errorf("%s: byte %d, changed by %#x, changed the tree unnoticed", name, i, mask)
				}
				b[i] ^= mask
			}
		}
	}
}

// TestFlippedLegacy has no checksums to rely on.
func TestFlippedLegacy(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(golden("legacy.pt"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		for _, mask := range masks(i) {
			b[i] ^= mask
			if v, err := open(b); err == nil {
				_ = repr(v)
			}
			b[i] ^= mask
		}
	}
}

func TestTruncated(t *testing.T) {
	for _, name := range []string{"checkpoint.pt", "legacy.pt"} {
		b, err := os.ReadFile(golden(name))
		if err != nil {
			t.Fatal(err)
		}
		for n := range b {
			if _, err := open(b[:n]); err == nil {
				t.Errorf("%s truncated at byte %d was read", name, n)
			}
		}
		if _, err := open(append(b, 0)); err == nil {
			t.Errorf("%s with an extra byte was read", name)
		}
	}
}

// TestDiskFull fails at every byte, one after another.
func TestDiskFull(t *testing.T) {
	tree := mustLoad(t, "checkpoint.pt")
	for n := range len(writeTree(t, tree)) {
		if err := Write(&short{n}, tree); !errors.Is(err, io.ErrShortBuffer) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

// short is a disk with space for n bytes.
type short struct{ n int }

func (s *short) Write(p []byte) (int, error) {
	if len(p) > s.n {
		n := s.n
		s.n = 0
		return n, io.ErrShortBuffer
	}
	s.n -= len(p)
	return len(p), nil
}

func FuzzPT(f *testing.F) {
	for _, name := range []string{"checkpoint.pt", "views.pt", "values.pt", "big_endian.pt", "legacy.pt", "dtypes.pt", "attrs.pt", "script.pt", "odd_legacy.pt", "expanded.pt"} {
		b, err := os.ReadFile(golden(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	bounded.Quick(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if tree, err := readBounded(t, b); err == nil && len(b) <= 1<<16 {
			again(t, tree)
		}
	})
}
