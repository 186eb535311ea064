package bcleval

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// A run that holds images out is tested on them by its own setting; one that does not can
// be, and it is said that it was trained on them.
func TestHoldout(t *testing.T) {
	data := filepath.Join(colours(t), "train") // three classes of eight, no test images
	dir := trained(t, data, "--holdout", "0.25", "--eval-freq", "1", "--eval-by", "knn")
	if text, err := os.ReadFile(filepath.Join(dir, "evaluations.jsonl")); err != nil || !strings.Contains(string(text), `"Top1":100`) && !strings.Contains(string(text), `"top1":100`) {
		t.Errorf("evaluations during training: %s, %v", text, err)
	}
	code, stdout, stderr := call(dir, "--threads", "1", "--by", "knn")
	if code != cli.OK || !strings.Contains(stdout, "fitted on 18 images, tested on 6") || strings.Contains(stderr, "was trained on other images") {
		t.Errorf("exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
	// The labels' order says nothing: the same images, or the fingerprint would differ.
	if !strings.Contains(stdout, "detector of the tail") && !strings.Contains(stderr, "each class has 6 images") {
		t.Errorf("not the images of the run: %s\n%s", stderr, stdout)
	}

	// With other training images the run may have seen what is tested on: that is said, though
	// the hold-out is the run's own.
	list := filepath.Join(t.TempDir(), "list.txt")
	var text strings.Builder
	for c := range 3 {
		for i := range 6 {
			fmt.Fprintf(&text, "class%d/%d.png %d\n", c, i, c)
		}
	}
	if err := os.WriteFile(list, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := call(dir, "--threads", "1", "--by", "knn", "--train-split", list); code != cli.OK || !strings.Contains(stderr, "was trained on other images") {
		t.Errorf("another list: exit code %d, %s", code, stderr)
	}
	// On other data, which has test images, the run's hold-out does not apply.
	if code, stdout, stderr := call(dir, "--threads", "1", "--by", "knn", "--data", filepath.Dir(data)); code != cli.OK || !strings.Contains(stdout, "tested on 12") || !strings.Contains(stderr, "ignoring the run's --holdout") {
		t.Errorf("other data: exit code %d, %s\n%s", code, stderr, stdout)
	}

	plain := trained(t, data)
	code, _, stderr = call(plain, "--threads", "1", "--by", "knn")
	if code != cli.Failure || !strings.Contains(stderr, "--holdout 0.2") {
		t.Errorf("without test images: exit code %d, %s", code, stderr)
	}
	code, stdout, stderr = call(plain, "--threads", "1", "--by", "knn", "--holdout", "0.25,3")
	if code != cli.OK || !strings.Contains(stdout, "tested on 6") || !strings.Contains(stderr, "was trained on other images than those that --holdout 0.25,3 leaves") {
		t.Errorf("exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
	if code, _, stderr := call(plain, "--holdout", "2"); code != cli.Usage || !strings.Contains(stderr, `--holdout is "2", expected a share`) {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	if code, _, stderr := call(plain, "--holdout", "0,25"); code != cli.Usage || !strings.Contains(stderr, "0.25") {
		t.Errorf("a decimal comma: exit code %d, %s", code, stderr)
	}
}
