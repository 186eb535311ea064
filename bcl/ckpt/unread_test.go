package ckpt

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize"
)

// odds is a golden file of testdata/odd.py of package serialize, or of another folder there.
func odds(name string) string {
	if strings.Contains(name, "/") {
		return filepath.Join(goldens, "..", name)
	}
	return filepath.Join(goldens, name)
}

func openOdd(t *testing.T, path string) *File {
	t.Helper()
	f, err := OpenWith(path, OpenOptions{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestUnread: values that are not read are listed with what they are, beside the tensors.
func TestUnread(t *testing.T) {
	for path, c := range map[string]struct {
		unread  []Value // some
		n       int
		tensors []string
	}{
		odds("odd.pt"): {[]Value{{"odd.rng.1", "a numpy array of uint32 [624]"}, {"odd.e4m3", "a tensor of float8_e4m3fn [4]"}, {"odd.complex", "a tensor of complex64 [2 2]"}},
			20, []string{"state_dict.conv1.weight", "state_dict.bn1.steps"}},
		odds("odd_legacy.pt"): {[]Value{{"odd.str", "a numpy array of str [2]"}}, 20, []string{"state_dict.conv1.weight", "state_dict.bn1.steps"}},
		odds("safetensors/testdata/odd.safetensors"): {[]Value{{"e5m2", "a tensor of float8_e5m2 [3]"}, {"c64", "a tensor of complex64 [2]"}, {"u64", "a tensor of uint64 [0 2]"}},
			8, []string{"x"}},
		odds("npz/testdata/odd.npz"): {[]Value{{"text", "a numpy array of str [2]"}, {"structures", "a numpy array of structures [2]"}}, 7, []string{"w", "last"}},
	} {
		if _, err := Open(path); err == nil {
			t.Errorf("%s: read without SkipUnknown", path)
		}
		info, err := Inspect(openOdd(t, path))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range c.unread {
			if !slices.Contains(info.Unread, v) || !slices.Contains(info.Values, Value{v.Name, v.Value + ", not read"}) {
				t.Errorf("%s: %v is not in %v", path, v, info.Unread)
			}
		}
		var names []string
		for _, x := range info.Tensors {
			names = append(names, x.Name)
		}
		if len(info.Unread) != c.n || !slices.Equal(names, c.tensors) {
			t.Errorf("%s: %d values are not read; tensors %q", path, len(info.Unread), names)
		}
	}
	state, _, other, err := openOdd(t, odds("safetensors/testdata/odd.safetensors")).State("")
	if err != nil || len(state) != 1 || !slices.Contains(other, "e4m3 (a tensor of float8_e4m3fn [2 2], not read)") {
		t.Errorf("%v, %q, %v", Names(state), other, err)
	}
}

// TestWholeModules: a module's tensors have the names of its state dict, wherever it is.
func TestWholeModules(t *testing.T) {
	want, _, _, err := openOdd(t, odds("module_state.pt")).State("")
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]string{"module.pt": "", "module_legacy.pt": "model", "module.pkl": ""} {
		f := openOdd(t, odds(name))
		state, path, _, err := f.State("")
		if err != nil || path != at {
			t.Fatalf("%s: at %q, %v", name, path, err)
		}
		c, err := Diff(want, state, 0)
		if err != nil || !c.Within || c.Equal != len(want) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		info, err := Inspect(f)
		if err != nil || len(info.Tensors) != len(want) || !slices.Contains(info.Classes, "__main__.Net") {
			t.Errorf("%s: %d tensors, %v", name, len(info.Tensors), err)
		}
	}
	_, _, other, err := openOdd(t, odds("module_loop.pt")).State("")
	if err != nil || !slices.Equal(other, []string{"inner.0 (made by torch.nn.modules.linear.Linear, which is not known)"}) {
		t.Errorf("%q, %v", other, err)
	}
}

// TestArrays: of a plain pickle the arrays are tensors, and shared ones are one.
func TestArrays(t *testing.T) {
	want := []Tensor{{"conv1.weight", tensor(t, 0, 2, 3)}}
	for _, name := range []string{"arrays_0.pkl", "arrays_2.pkl", "arrays_4.pkl", "tensors.pkl"} {
		f := openOdd(t, odds(name))
		state, path, other, err := f.State("")
		if err != nil || f.Format != "pickle" || len(state) != 2 || (path == "model") != slices.Equal(other, []string{"__author__"}) {
			t.Fatalf("%s: %v at %q beside %q, %v", name, Names(state), path, other, err)
		}
		c, err := Diff(want, state[:1], 0)
		if err != nil || !c.Within {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	// A tree that has an array and a list twice.
	x, err := tensor(t, 0, 2).Array()
	if err != nil {
		t.Fatal(err)
	}
	list := &serialize.List{Items: []any{x}}
	d := tensorsOf(serialize.NewDict("a", x, "b", list, "c", list, "d", &serialize.Tuple{Items: []any{x}})).(*serialize.Dict)
	a, _ := serialize.Lookup[*serialize.Tensor](d, "a")
	if tuple, _ := serialize.Lookup[*serialize.Tuple](d, "d"); a == nil || list.Items[0] != any(a) || tuple.Items[0] != any(a) {
		t.Errorf("%v", d)
	}
}
