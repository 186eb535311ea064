package bclckpt

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

// Tied weights are said where a format unties them; values come behind the tensors, and
// folded where there are many.
func TestTiedAndFolded(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pt"), filepath.Join(dir, "out.safetensors")
	w, err := serialize.NewTensor(dtype.Float32, []int{2, 2}, make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	loops := serialize.NewDict()
	for i := range 30 {
		loops.Set(fmt.Sprint("step", i), i)
	}
	tree := serialize.NewDict("loops", loops, "epoch", 7, "state_dict", serialize.NewDict("in.weight", w, "out.weight", w))
	if err := serialize.Save(in, tree); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := bcl("convert", in, out)
	if want := "in.weight\", \"out.weight\" are one tensor in " + in; code != 0 || !strings.Contains(stderr, want) {
		t.Errorf("exit code %d, %s%s: no %q", code, stdout, stderr, want)
	}
	if _, _, stderr := bcl("convert", in, filepath.Join(dir, "out.pt")); strings.Contains(stderr, "one tensor") {
		t.Errorf("a .pt keeps them: %s", stderr)
	}
	_, stdout, _ = bcl("inspect", in)
	tensors, tied, folded, epoch := strings.Index(stdout, "state_dict.in.weight"), strings.Index(stdout, "tied, one tensor: "), strings.Index(stdout, "loops: 30 values (--all-values lists them)"), strings.Index(stdout, "epoch = 7")
	if !(0 < tensors && tensors < tied && tied < folded && folded < epoch) {
		t.Errorf("at %d, %d, %d, %d:\n%s", tensors, tied, folded, epoch, stdout)
	}
	if _, stdout, _ = bcl("inspect", in, "--all-values"); !strings.Contains(stdout, "loops.step29 = 29") {
		t.Error(stdout)
	}
}
