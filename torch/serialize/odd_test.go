package serialize

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

const wantWeights = `O{"conv1.weight": float32[2 3](000000000000803f0000004000004040000080400000a040), "bn1.steps": int64[](0700000000000000)}`

// wantOdd are the descriptions of the values of odd.py, by their keys.
var wantOdd = map[string]string{
	"rng": "a numpy array of uint32 [624]", "str": "a numpy array of str [2]", "object": "a numpy array of object [3]",
	"date": "a numpy array of datetime64 [1]", "np_complex": "a numpy array of complex64 [1]",
	"structures": "a numpy array of structures [2]", "np_str": "a numpy array of str []",
	"complex": "a tensor of complex64 [2 2]", "conj": "a tensor of complex64 [2 2]",
	"neg":      "a conjugated or negated tensor of float32 [2 2]",
	"expanded": "a tensor of float32 [10000 10000] that repeats the 1 elements of its storage", "parameter": "a tensor of complex64 [2 2]",
	"e4m3": "a tensor of float8_e4m3fn [4]", "e5m2": "a tensor of float8_e5m2 [2 2]", "u16": "a tensor of uint16 [3]",
	"subclass": `a tensor of the class "__main__.Image"`, "hooked": "a tensor of float32 [1] with backward hooks", "matrix": "",
	"sparse": "a sparse tensor", "meta": "a tensor without elements (meta)", "quantised": "a quantised tensor",
}

// TestOddValues: values that are known and not read spoil a file, and with SkipUnknown
// are left as their descriptions beside the others.
func TestOddValues(t *testing.T) {
	for _, name := range []string{"odd.pt", "odd_legacy.pt"} {
		if _, err := Load(golden(name)); err == nil || !strings.Contains(err.Error(), `"<u4" is not supported`) {
			t.Errorf("%s: error %v", name, err)
		}
		f, err := Open(golden(name), Options{SkipUnknown: true})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.ReadAll(); err != nil || !slices.Equal(f.Unknown, []string{"__main__.Image", "__builtin__.len", "numpy.matrix"}) {
			t.Errorf("%s: unknown %q, %v", name, f.Unknown, err)
		}
		tree := f.Tree.(*Dict)
		state, _ := Lookup[*Dict](tree, "state_dict")
		if got := repr(state); got != wantWeights {
			t.Errorf("%s: got %s", name, got)
		}
		odd, _ := Lookup[*Dict](tree, "odd")
		if odd.Len() != len(wantOdd) {
			t.Errorf("%s: %d values", name, odd.Len())
		}
		for k, v := range odd.All() {
			if rng, ok := v.(*Tuple); ok { // np.random.get_state()
				v = rng.Items[1]
			}
			o, ok := v.(*pickle.Opaque)
			if !ok || o.What != wantOdd[k.(string)] {
				t.Errorf("%s: %s is %+v, want %q", name, k, v, wantOdd[k.(string)])
			}
		}
		if err := Write(new(bytes.Buffer), f.Tree); err == nil || !strings.Contains(err.Error(), "uint32 [624], which was not read") {
			t.Errorf("saving it: error %v", err)
		}
	}
}

// TestExpanded: views that are too much together are left out, and nothing else.
func TestExpanded(t *testing.T) {
	if _, err := Load(golden("expanded.pt")); err == nil || !strings.Contains(err.Error(), "more than 16 times") {
		t.Errorf("error %v", err)
	}
	f, err := Open(golden("expanded.pt"), Options{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	state, _ := Lookup[*Dict](f.Tree.(*Dict), "state_dict")
	views, _ := Lookup[*List](f.Tree.(*Dict), "views")
	if o, ok := views.Items[2].(*pickle.Opaque); !ok || !strings.Contains(o.What, "[2000 2000] that repeats") || repr(state) != wantWeights {
		t.Errorf("%s, %s", repr(state), repr(views))
	}
}

// plainValues copies a state dict without what a module's weights do not have: versions
// of modules.
func plainValues(d *Dict) string {
	var b strings.Builder
	for k, v := range d.All() {
		x := *v.(*Tensor)
		x.Parameter, x.RequiresGrad = false, false
		fmt.Fprintln(&b, k, repr(&x))
	}
	return b.String()
}

// TestModule: the weights of a whole module are its state dict, whatever else it holds.
func TestModule(t *testing.T) {
	want := plainValues(mustLoad(t, "module_state.pt").(*Dict))
	for _, name := range []string{"module.pt", "module_legacy.pt", "module.pkl"} {
		if _, err := Load(golden(name)); err == nil || !strings.Contains(err.Error(), `"__main__.Net" is not on the allow-list`) {
			t.Errorf("%s: error %v", name, err)
		}
		f, err := Open(golden(name), Options{SkipUnknown: true})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.ReadAll(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		tree := f.Tree
		if d, ok := tree.(*Dict); ok {
			tree, _ = d.Lookup("model")
		}
		m, ok := tree.(*Module)
		if !ok || m.Class != "__main__.Net" {
			t.Fatalf("%s: a %T", name, tree)
		}
		if got := plainValues(m.Weights()); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
		if !slices.Equal(f.Unknown, []string{"functools.partial"}) || !slices.Contains(f.Classes, "torch.nn.modules.batchnorm.BatchNorm2d") {
			t.Errorf("%s: unknown %q, classes %q", name, f.Unknown, f.Classes)
		}
		if err := Write(new(bytes.Buffer), f.Tree); err == nil || !strings.Contains(err.Error(), "its Weights can") {
			t.Errorf("saving it: error %v", err)
		}
	}
}

// TestModuleLoop: a module within itself ends, where the loop closes.
func TestModuleLoop(t *testing.T) {
	f, err := Open(golden("module_loop.pt"), Options{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := f.Tree.(*Module).Weights()
	last, v := w.At(w.Len() - 1)
	if o, ok := v.(*pickle.Opaque); !ok || last != "inner.0" || w.Len() != 3 || o.Name != "torch.nn.modules.linear.Linear" {
		t.Errorf("%d weights, %q is %+v", w.Len(), last, v)
	}
}

// TestPlainPickle: files of pickle.dump.
func TestPlainPickle(t *testing.T) {
	want := `{"model": {"conv1.weight": array(float32 [2 3] 000000000000803f0000004000004040000080400000a040), ` +
		`"bn1.steps": array(int64 [] 0700000000000000)}, "__author__": "someone"}`
	for name, want := range map[string]string{"arrays_0.pkl": want, "arrays_2.pkl": want, "arrays_4.pkl": want, "tensors.pkl": wantWeights} {
		f, err := Open(golden(name), Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		defer f.Close()
		if err := f.ReadAll(); err != nil || f.Format() != "pickle" {
			t.Errorf("%s: %s, %v", name, f.Format(), err)
		}
		got := repr(f.Tree)
		if d := f.Tree.(*Dict); d.Attrs != nil { // the versions of modules
			d.Attrs = nil
			got = repr(d)
		}
		if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestLongPaths: long keys around many values are refused before anything writes the paths.
func TestLongPaths(t *testing.T) {
	many := &List{}
	for range 5000 {
		many.Items = append(many.Items, NewDict())
	}
	var tree any = many
	for i := range 100 {
		tree = NewDict(strings.Repeat("k", 1000)+fmt.Sprint(i), tree)
	}
	if _, err := open(writeTree(t, tree)); err == nil || !strings.Contains(err.Error(), "the paths of all values take") {
		t.Errorf("error %v", err)
	}
}
