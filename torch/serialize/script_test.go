package serialize

import (
	"bytes"
	"os"
	"slices"
	"testing"
)

func TestTorchScript(t *testing.T) {
	f, err := Open(golden("script.pt"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o, ok := f.Tree.(*Object)
	if !ok || o.Class != "__torch__.Net" || f.Format() != "torchscript" {
		t.Fatalf("a %T, class %q, format %q", f.Tree, o.Class, f.Format())
	}
	var names []string
	for k := range o.Weights().All() {
		names = append(names, k.(string))
	}
	want := []string{"fc.weight", "fc.bias", "part.bn.weight", "part.bn.bias", "part.bn.running_mean", "part.bn.running_var", "part.bn.num_batches_tracked"}
	if !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
	w, _ := o.Weights().Get("fc.weight")
	a, err := w.(*Tensor).Array()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Float32s(); err != nil || !slices.Equal(got, []float32{0, 1, 2, 3, 4, 5}) {
		t.Errorf("fc.weight %v, %v", got, err)
	}
	if err := f.ReadAll(); err != nil {
		t.Error(err)
	}
}

// TestScriptFlipped changes every byte, with -short every seventh: there is no panic, and
// no record except the code, which is not read, changes unnoticed.
func TestScriptFlipped(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(golden("script.pt"))
	if err != nil {
		t.Fatal(err)
	}
	step := 1
	if testing.Short() {
		step = 7
	}
	for i := 0; i < len(b); i += step {
		for _, mask := range masks(i) {
			b[i] ^= mask
			if v, err := open(b); err == nil {
				_ = repr(v)
			}
			b[i] ^= mask
		}
	}
}

func TestWriteData(t *testing.T) {
	f, err := Open(golden("views.pt"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for k, v := range f.Tree.(*Dict).All() {
		x := v.(*Tensor)
		var got bytes.Buffer
		if err := x.WriteData(&got); err != nil {
			t.Fatal(err)
		}
		read, err := x.ReadData()
		if err != nil {
			t.Fatal(err)
		}
		want, err := x.Bytes()
		if err != nil || !bytes.Equal(got.Bytes(), want) || !bytes.Equal(read, want) {
			t.Errorf("%v: wrote %x, read %x, want %x (%v)", k, got.Bytes(), read, want, err)
		}
	}
}
