package pickle

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// plain allows all globals of pickled data.
var plain = Options{FindClass: Merge(Builtins(), NumPy()).Find}

// repr writes a value almost as Python does.
func repr(v any) string {
	var b strings.Builder
	list := func(open string, items []any, close string) {
		b.WriteString(open)
		for i, item := range items {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(repr(item))
		}
		b.WriteString(close)
	}
	switch v := v.(type) {
	case nil:
		b.WriteString("None")
	case string:
		fmt.Fprintf(&b, "%q", v)
	case []byte:
		fmt.Fprintf(&b, "b%q", v)
	case *List:
		list("[", v.Items, "]")
	case *Tuple:
		list("(", v.Items, ")")
	case *Set:
		list("set(", v.Items, ")")
	case *Dict:
		if v.Ordered {
			b.WriteString("O")
		}
		if v.Counter {
			b.WriteString("Counter")
		}
		b.WriteString("{")
		i := 0
		for k, x := range v.All() {
			if i++; i > 1 {
				b.WriteString(", ")
			}
			b.WriteString(repr(k) + ": " + repr(x))
		}
		b.WriteString("}")
		if v.Attrs != nil {
			b.WriteString("+" + repr(v.Attrs))
		}
	case *npy.Array:
		fmt.Fprintf(&b, "array(%v %v %v)", v.DType, v.Shape, v.Data)
	default:
		fmt.Fprint(&b, v)
	}
	return b.String()
}

func wantTree() string {
	huge := new(big.Int).Lsh(big.NewInt(1), 2100)
	return `{"none": None, "true": true, "false": false, ` +
		`"ints": [0, 1, -1, 255, 256, 65535, 65536, 2147483647, -2147483648, 2147483648, 9223372036854775807, -9223372036854775808, 9223372036854775808, -1180591620717411303424, ` + huge.String() + `], ` +
		`"floats": [0, -1.5, 1e+300, +Inf], ` +
		`"text": ["", "abc", "é€😀\\u0041\n", "` + strings.Repeat("x", 300) + `"], ` +
		`"bytes": [b"", b"\x00\xff\\n'", b"` + strings.Repeat("y", 300) + `"], ` +
		`"tuples": [(), (1), (1, 2), (1, 2, 3), (1, 2, 3, 4)], ` +
		`"set": set(1), "frozenset": set(2), "bytearray": b"abc", ` +
		`"dict": {1: "int", "1": "str", (1, (2, "x")): "tuple", None: "none", 2.5: "float", b"1": "bytes"}, ` +
		`"ordered": O{"z": 1, "a": 2}+{"extra": "attribute"}, ` +
		`"empty": [[], {}]}`
}

func TestGoldenTree(t *testing.T) {
	for p := range 6 {
		v, err := Unmarshal(golden(t, fmt.Sprintf("tree_%d.pkl", p)), plain)
		if err != nil {
			t.Errorf("protocol %d: %v", p, err)
		} else if got := repr(v); got != wantTree() {
			t.Errorf("protocol %d: got\n%s\nwant\n%s", p, got, wantTree())
		}
	}
}

// wantMore is what testdata/make.py calls more: other values that
// torch.load(weights_only=True) reads.
const wantMore = `{"counter": Counter{30: 1, 80: 2}, "none": Counter{}, "complex": [(1.5-2i), (0+Infi)], "keys": {(1+2i): "complex", (3+0i): "real"}}`

func TestGoldenMore(t *testing.T) {
	for p := range 6 {
		name := fmt.Sprintf("more_%d.pkl", p)
		v, err := Unmarshal(golden(t, name), plain)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := repr(v); got != wantMore {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, wantMore)
		}
		keys, _ := v.(*Dict).Get("keys")
		for key, want := range map[any]string{1 + 2i: "complex", 3: "real", 3.0: "real", 3 + 0i: "real"} {
			if got, _ := keys.(*Dict).Get(key); got != want {
				t.Errorf("%s: the key %v has %v, want %s", name, key, got, want)
			}
		}
	}
}

func TestSharedStaysShared(t *testing.T) {
	v, err := Unmarshal(golden(t, "shared.pkl"), plain)
	if err != nil {
		t.Fatal(err)
	}
	if l := v.(*List).Items; l[0] != l[1] || repr(v) != "[[1], [1]]" {
		t.Errorf("got %s", repr(v))
	}
}

func TestGoldenNumPy(t *testing.T) {
	want := `{"u1": array(uint8 [2 3] [0 1 2 3 4 5]), ` +
		`"f4": array(float32 [3 2] [0 0 0 0 0 0 64 64 0 0 128 63 0 0 128 64 0 0 0 64 0 0 160 64]), ` +
		`"big": array(int32 [2] [1 0 0 0 254 255 255 255]), ` +
		`"bool": array(bool [2] [1 0]), "empty": array(float64 [0 2] []), ` +
		`"scalars": [1.5, -7, true, 0.25, 200, 2.5]}`
	for _, p := range []int{0, 2, 4, 5} {
		v, err := Unmarshal(golden(t, fmt.Sprintf("numpy_%d.pkl", p)), plain)
		if err != nil {
			t.Errorf("protocol %d: %v", p, err)
		} else if got := repr(v); got != want {
			t.Errorf("protocol %d: got\n%s\nwant\n%s", p, got, want)
		}
	}
}

// TestCIFAR reads a batch as Python 2 wrote it, with every choice of Strings.
func TestCIFAR(t *testing.T) {
	pixels := make([]byte, 2*3072)
	for i := range pixels {
		pixels[i] = byte(i * 7)
	}
	for _, mode := range []Strings{Auto, Bytes, Latin1} {
		o := plain
		o.Strings = mode
		v, err := Unmarshal(golden(t, "cifar.pkl"), o)
		if err != nil {
			t.Fatalf("mode %d: %v", mode, err)
		}
		batch := v.(*Dict)
		data, _ := batch.Lookup("data")
		want := &npy.Array{DType: dtype.Uint8, Shape: []int{2, 3072}, Data: pixels}
		if !reflect.DeepEqual(data, want) {
			t.Errorf("mode %d: the pixels differ", mode)
		}
		if labels, _ := batch.Lookup("labels"); repr(labels) != "[6, 9]" {
			t.Errorf("mode %d: labels %s", mode, repr(labels))
		}
		names, _ := batch.Lookup("filenames")
		if s, ok := text(names.(*List).Items[1]); !ok || s != "camion_s_000148.png" {
			t.Errorf("mode %d: file names %s", mode, repr(names))
		}
	}
	o := plain
	o.Strings = Text
	if _, err := Unmarshal(golden(t, "cifar.pkl"), o); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("as text: %v", err)
	}
}

func TestStreamOfPickles(t *testing.T) {
	stream := append(golden(t, "shared.pkl"), golden(t, "tree_4.pkl")...)
	d := NewDecoder(bytes.NewReader(stream), plain)
	for _, want := range []string{"[[1], [1]]", wantTree()} {
		v, err := d.Decode()
		if err != nil || repr(v) != want {
			t.Fatalf("got %s, %v", repr(v), err)
		}
	}
}
