package bcleval

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// A fine-tuned network is kept, each of several under a name of its own, and can be
// evaluated as any other.
func TestFineTuneSave(t *testing.T) {
	data := colours(t)
	dir, out := trained(t, data), t.TempDir()
	file := filepath.Join(out, "tuned.pt")
	code, _, stderr := call(dir, "--threads", "1", "--by", "finetune", "--finetune-epochs", "2", "--finetune-batch-size", "8", "--finetune-save", file, "--shots", "full,2", "--shot-subsets", "2")
	if code != cli.OK {
		t.Fatalf("exit code %d, %s", code, stderr)
	}
	files, _ := filepath.Glob(filepath.Join(out, "*"))
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if want := []string{"tuned-2-shot-seed-1.pt", "tuned-2-shot-seed-2.pt", "tuned-full.pt"}; !slices.Equal(files, want) {
		t.Fatalf("files %v, want %v", files, want)
	}
	full := filepath.Join(out, "tuned-full.pt")
	f, err := ckpt.Open(full)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	state, _, _, err := f.State("")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(state); state[n-2].Name != "fc.weight" || !slices.Equal(state[n-2].Shape, []int{3, 32}) || state[n-1].Name != "fc.bias" {
		t.Errorf("it ends with %v, %v", state[n-2], state[n-1])
	}
	code, stdout, stderr := call(full, "--data", data, "--size", "16", "--by", "knn", "--threads", "1")
	if code != cli.OK || !strings.Contains(stdout, "trained         knn  100.00") {
		t.Errorf("exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
	for path, want := range map[string]string{filepath.Join(out, "none", "x.pt"): "no such file", filepath.Join(out, "x.onnx"): "expected a name that ends with .pt"} {
		if code, _, stderr := call(dir, "--threads", "1", "--by", "finetune", "--finetune-save", path); code == cli.OK || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, %s", code, stderr)
		}
	}
}
