package serialize

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

func golden(name string) string { return filepath.Join("testdata", name) }

func mustLoad(t *testing.T, name string) any {
	t.Helper()
	v, err := Load(golden(name))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// repr writes a tree on one line, tensors by their contents.
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
		return "None"
	case string:
		return fmt.Sprintf("%q", v)
	case *List:
		list("[", v.Items, "]")
	case *Tuple:
		list("(", v.Items, ")")
	case *pickle.Set:
		list("set(", v.Items, ")")
	case *Dict:
		if v.Ordered {
			b.WriteString("O")
		}
		if v.Counter {
			b.WriteString("Counter")
		}
		b.WriteString("{")
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			k, x := v.At(i)
			b.WriteString(repr(k) + ": " + repr(x))
		}
		b.WriteString("}")
		if v.Attrs != nil {
			b.WriteString("+" + repr(v.Attrs))
		}
	case *Tensor:
		data, err := v.Bytes()
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&b, "%v%v(%s)", v.DType, v.Shape, hex.EncodeToString(data))
		if v.RequiresGrad {
			b.WriteString("grad")
		}
		if v.Parameter {
			b.WriteString("param")
		}
	case *Storage:
		fmt.Fprintf(&b, "storage(%v %x %s)", v.DType, v.Data, v.Device)
	case *Namespace:
		return "Namespace" + repr(v.Attrs)
	case *npy.Array:
		return fmt.Sprintf("array(%v %v %x)", v.DType, v.Shape, v.Data)
	default:
		return fmt.Sprintf("%v", v)
	}
	return b.String()
}

const wantCheckpoint = `{"epoch": 3, "state_dict": ` +
	`O{"conv1.weight": float32[2 3](000000000000803f0000004000004040000080400000a040), "bn1.num_batches_tracked": int64[](0700000000000000)}` +
	`+{"_metadata": O{"": {"version": 1}, "bn1": {"version": 2}}}, ` +
	`"optim": {"state": {0: {"momentum_buffer": float32[2 3](0000803f6210803fc520803f2731803f8941803fec51803f)}}, ` +
	`"param_groups": [{"lr": 0.5, "momentum": 0.9, "dampening": 0, "weight_decay": 0.0005, "nesterov": false, "maximize": false, ` +
	`"foreach": None, "differentiable": false, "fused": None, "params": [0]}]}}`

func TestCheckpoint(t *testing.T) {
	for _, name := range []string{"checkpoint.pt", "legacy.pt", "legacy_big.pt", "colon.pt"} {
		if got := repr(mustLoad(t, name)); got != wantCheckpoint {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, wantCheckpoint)
		}
	}
}

func TestDTypes(t *testing.T) {
	want := `{"uint8": uint8[3](000164), "int8": int8[3](000164), "int16": int16[3](000001006400), "int32": int32[3](000000000100000064000000), ` +
		`"int64": int64[3](000000000000000001000000000000006400000000000000), "float16": float16[3](0000003c4056), ` +
		`"float32": float32[3](000000000000803f0000c842), "float64": float64[3](0000000000000000000000000000f03f0000000000005940), ` +
		`"bool": bool[3](000101), "bfloat16": bfloat16[3](0000803fc842)}`
	for _, name := range []string{"dtypes.pt", "big_endian.pt"} {
		if got := repr(mustLoad(t, name)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestViews(t *testing.T) {
	d := mustLoad(t, "views.pt").(*Dict)
	ints := map[string][]int64{
		"all": {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, "part": {2, 4, 6}, "turned": {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11},
		"scalar": {5}, "none": {}, "wide": {0, 0, 0},
	}
	all, _ := d.Get("all")
	for name, want := range ints {
		v, _ := d.Get(name)
		x := v.(*Tensor)
		a, err := x.Array()
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Int64s()
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, want)
		}
		if x.Storage != all.(*Tensor).Storage {
			t.Errorf("%s does not share its storage", name)
		}
	}
	for name, want := range map[string]string{
		"empty": "float32[0 3]()", "param": "float32[2](0000803f0000803f)gradparam", "grad": "float32[1](0000803f)grad",
	} {
		if v, _ := d.Get(name); repr(v) != want {
			t.Errorf("%s: got %s, want %s", name, repr(v), want)
		}
	}
}

func TestValues(t *testing.T) {
	want := `{"device": cuda:1, "cpu": cpu, "dtype": float32, "size": [1 2], "layout": torch.strided, ` +
		`"options": Namespace{"lr": 0.5, "name": "x"}, "array": array(int64 [3] 000000000000000001000000000000000200000000000000), "np": 2.5, ` +
		`"storage": storage(float32 0000803f0000803f cpu)}`
	if got := repr(mustLoad(t, "values.pt")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRefused(t *testing.T) {
	for name, want := range map[string]string{
		"evil.pt":       `"posix.system" is not on the allow-list`,
		"uint16.pt":     `torch._utils._rebuild_tensor_v3: the element type uint16 is not supported`,
		"sparse.pt":     `torch._utils._rebuild_sparse_tensor: a sparse tensor is not supported`,
		"compressed.pt": "compressed",
		"no_crc.pt":     "Options.IgnoreCRC",
		"make.py":       "neither a zip file nor a pickle",
		"missing.pt":    "no such file",
		".":             "not a regular file",
	} {
		_, err := Load(golden(name))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), golden(name)) {
			t.Errorf("%s: error %v, want one with %q", name, err, want)
		}
	}
}

func TestIgnoreCRC(t *testing.T) {
	f, err := Open(golden("no_crc.pt"), Options{IgnoreCRC: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := repr(f.Tree); got != "float32[3](0000803f0000803f0000803f)" {
		t.Errorf("got %s", got)
	}
}

// TestLazy reads a storage into the caller's memory.
func TestLazy(t *testing.T) {
	f, err := Open(golden("checkpoint.pt"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := f.Storages()
	if len(s) != 3 || s[0].Data != nil || s[0].DType != dtype.Float32 || s[0].Size() != 24 {
		t.Fatalf("storages %+v", s)
	}
	dst := make([]byte, 24)
	if err := s[0].ReadInto(dst); err != nil || s[0].Data != nil || dst[7] != 0x3f {
		t.Errorf("read %x, %v", dst, err)
	}
	if err := s[0].ReadInto(dst[:23]); err == nil {
		t.Error("read into a buffer that is too small")
	}
}
