package serialize

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// TestSkipUnknown: a file with objects of unknown classes besides the weights is refused
// with their names, or read without them; a tensor that needs one is refused.
func TestSkipUnknown(t *testing.T) {
	own := &pickle.Reduction{Fn: pickle.Global{Module: "their.code", Name: "Config"}, Args: pickle.NewTuple(), State: NewDict("lr", 0.5)}
	evil := &pickle.Reduction{Fn: pickle.Global{Module: "posix", Name: "system"}, Args: pickle.NewTuple("touch /tmp/pwned")}
	byteStorage := pickle.NewTuple("storage", pickle.Global{Module: "torch", Name: "ByteStorage"}, "0", "cpu", 4)
	open := func(tree any, opts Options) (*File, error) {
		program, err := pickle.Marshal(tree, pickle.EncodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b := zipOf(t, nil, "a/data.pkl", string(program), "a/version", "3\n", "a/data/0", "abcd")
		return NewFile(bytes.NewReader(b), int64(len(b)), "memory", opts)
	}
	good := NewDict("state", NewDict("w", callOn(byteStorage, 0, pickle.NewTuple(4), pickle.NewTuple(1))), "config", own, "x", evil, "y", evil)
	if _, err := open(good, Options{}); err == nil || !strings.Contains(err.Error(), `"their.code.Config" is not on the allow-list`) {
		t.Errorf("error %v", err)
	}
	f, err := open(good, Options{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"their.code.Config", "posix.system"}; !slices.Equal(f.Unknown, want) {
		t.Errorf("unknown %q, want %q", f.Unknown, want)
	}
	state, _ := f.Tree.(*Dict).Get("state")
	if err := f.ReadAll(); err != nil || repr(state) != `{"w": uint8[4](61626364)}` {
		t.Errorf("%s, %v", repr(state), err)
	}
	if err := Write(new(bytes.Buffer), f.Tree); err == nil || !strings.Contains(err.Error(), "their.code.Config") {
		t.Errorf("saving it: error %v", err)
	}
	// The golden files with tensor types that this package does not support.
	for name, want := range map[string]string{"uint16.pt": "a tensor of uint16 [3]", "sparse.pt": "a sparse tensor"} {
		f, err := Open(golden(name), Options{SkipUnknown: true})
		if err != nil {
			t.Error(err)
			continue
		}
		if o, ok := f.Tree.(*pickle.Opaque); !ok || o.What != want || len(f.Unknown) > 0 {
			t.Errorf("%s: a %T, unknown %q", name, f.Tree, f.Unknown)
		}
		f.Close()
	}
	for name, tree := range map[string]any{
		"storage": callOn(own, 0, pickle.NewTuple(4), pickle.NewTuple(1)),
		"shape":   callOn(byteStorage, 0, own, pickle.NewTuple(1)),
		"class":   callOn(pickle.NewTuple("storage", pickle.Global{Module: "their.code", Name: "Storage"}, "0", "cpu", 4), 0, pickle.NewTuple(4), pickle.NewTuple(1)),
	} {
		if _, err := open(tree, Options{SkipUnknown: true}); err == nil || !strings.Contains(err.Error(), "their.code.") {
			t.Errorf("a tensor that depends on one by its %s: error %v", name, err)
		}
	}
}
