package bcleval

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// --splits accepts the folder split of the authors' repository unchanged, and is an error
// if the list of the full probe set is missing but needed.
func TestSplitsOfTheAuthors(t *testing.T) {
	dir, flat, split := trained(t, colours(t)), published(t), t.TempDir()
	files, err := filepath.Glob(filepath.Join(flat, "*.npy"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		folder := "cifar100"
		if strings.Contains(path, "shot") {
			folder = "cifar100_imbSub_with_subsets"
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(split, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(split, folder, filepath.Base(path)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{dir, "--by", "ridge,probe-sdclr", "--sdclr-epochs", "2", "--shots", "full,2"}
	a, b := results(t, append(args, "--splits", flat)...), results(t, append(args, "--splits", split)...)
	if len(a.Rows) != 4 || len(b.Rows) != 4 {
		t.Fatalf("%d and %d rows, want 4", len(a.Rows), len(b.Rows))
	}
	for i := range a.Rows {
		x, y := a.Rows[i], b.Rows[i]
		if x.Accuracy.Top1 != y.Accuracy.Top1 || len(x.Subsets) != len(y.Subsets) || x.Images != y.Images {
			t.Errorf("%s %s: %+v and %+v", x.Protocol, x.Classifier, x, y)
		}
	}

	if err := os.Remove(filepath.Join(split, "cifar100", "tiny_trainIdxList.npy")); err != nil {
		t.Fatal(err)
	}
	for _, shots := range [][]string{{"--shots", "full,2"}, nil} {
		code, stdout, stderr := call(append([]string{dir, "--threads", "1", "--by", "ridge", "--splits", split}, shots...)...)
		if code != 1 || stdout != "" || !strings.Contains(stderr, "--splits "+split+" has no *trainIdxList.npy") {
			t.Errorf("%v without the full list: exit code %d: %s", shots, code, stderr)
		}
	}
	if r := results(t, dir, "--by", "ridge", "--splits", split, "--shots", "2"); len(r.Rows) != 1 || len(r.Rows[0].Subsets) != 3 {
		t.Errorf("only lists of two images per class: %+v", r.Rows)
	}
}
