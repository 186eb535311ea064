package serialize

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// refused are the globals of weights_only=True that this package does not know:
// subclasses, and TypedStorage, which files do not name.
var refused = []string{"torch._utils._rebuild_wrapper_subclass", "torch.storage.TypedStorage"}

// TestWeightsOnlyList: the globals of PyTorch's safe unpickler are known here, or left
// out on purpose.
func TestWeightsOnlyList(t *testing.T) {
	b, err := os.ReadFile(golden("weights_only.txt"))
	if err != nil {
		t.Fatal(err)
	}
	theirs, ours := strings.Fields(string(b)), classes()
	for _, name := range theirs {
		if _, ok := ours[name]; ok == slices.Contains(refused, name) {
			t.Errorf("%s: known is %v", name, ok)
		}
	}
	for _, name := range refused {
		if !slices.Contains(theirs, name) {
			t.Errorf("%s is not on PyTorch's list", name)
		}
	}
	for name, v := range ours {
		if n, ok := v.(Name); ok && !slices.Contains(theirs, string(n)) {
			t.Errorf("%s is not on PyTorch's list", name)
		}
	}
}

const wantAllowed = `{"scheduler": {"milestones": Counter{30: 1, 80: 1}, "gamma": 0.1, "base_lrs": [0.5], "last_epoch": 0, ` +
	`"_step_count": 1, "_is_initial": false, "_get_lr_called_within_step": false, "_last_lr": [0.5]}, ` +
	`"complex": (1.5-2i), "set": set(1), "bytes": [97 98], "untyped": storage(uint8 000102 cpu), ` +
	`"names": [torch.complex64, torch.uint16, torch.float8_e4m3fn, torch.FloatTensor, torch.per_tensor_affine], ` +
	`"device": float32[2](0000803f0000803f)grad}`

func TestAllowed(t *testing.T) {
	tree := mustLoad(t, "allowed.pt")
	if got := repr(tree); got != wantAllowed {
		t.Errorf("got\n%s\nwant\n%s", got, wantAllowed)
	}
	if got := repr(readTree(t, writeTree(t, tree))); got != wantAllowed {
		t.Errorf("written and read again: got\n%s\nwant\n%s", got, wantAllowed)
	}
	if got, want := repr(mustLoad(t, "allowed_numpy.pt")), "float32[2](0000803f0000803f)grad"; got != want {
		t.Errorf("allowed_numpy.pt: got %s, want %s", got, want)
	}
}

// TestTensorOfOtherElements: a tensor is not converted to another element type.
func TestTensorOfOtherElements(t *testing.T) {
	moved := func(args ...any) any {
		return &pickle.Reduction{Fn: pickle.Global{Module: "torch._utils", Name: "_rebuild_device_tensor_from_cpu_tensor"}, Args: pickle.NewTuple(args...)}
	}
	x, uint8 := call(0, pickle.NewTuple(4), pickle.NewTuple(1)), pickle.Global{Module: "torch", Name: "uint8"}
	for want, tree := range map[string]any{
		"":                      moved(x, uint8, "xla:0", false),
		"to torch.complex64":    moved(x, Name("torch.complex64"), "xla:0", false),
		"to float32":            moved(x, pickle.Global{Module: "torch", Name: "float32"}, "xla:0", false),
		"of a int":              moved(1, uint8, "xla:0", false),
		"requires_grad is a":    moved(x, uint8, "xla:0", nil),
		"3 arguments":           moved(x, uint8, "xla:0"),
		"a serialize.Name is c": &pickle.Reduction{Fn: Name("torch.FloatTensor").global(), Args: pickle.NewTuple()},
	} {
		program, err := pickle.Marshal(tree, pickle.EncodeOptions{Reduce: (&saver{}).reduce})
		if err != nil {
			t.Fatal(err)
		}
		b := zipOf(t, nil, "a/data.pkl", string(program), "a/version", "3\n", "a/data/0", "abcd")
		_, err = NewFile(bytes.NewReader(b), int64(len(b)), "memory", Options{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
