package bcleval

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/torch/serialize"
)

// dual returns the directory of a short run of BCL-D whose classes have 8, 5 and 3
// images.
func dual(t *testing.T, data string) string {
	t.Helper()
	for class, keep := range []int{8, 5, 3} {
		for i := keep; i < 8; i++ {
			if err := os.Remove(filepath.Join(data, "train", fmt.Sprintf("class%d", class), fmt.Sprintf("%d.png", i))); err != nil {
				t.Fatal(err)
			}
		}
	}
	save := t.TempDir()
	var out, errs bytes.Buffer
	code := bcltrain.Main([]string{"d", "--data", data, "--save-dir", save, "--method", "bcl-d", "--model", "resnet10", "--width", "4", "--size", "16",
		"--epochs", "2", "--batch-size", "8", "--lr", "0.01", "--warmup", "0", "--threads", "1"}, &out, &errs)
	if code != 0 {
		t.Fatal(errs.String())
	}
	return filepath.Join(save, "d")
}

// A network with two branches is recognised by its names, with and without the rest of
// our checkpoint, and its full branch is evaluated: both give the same.
func TestEvaluateDual(t *testing.T) {
	data := colours(t)
	dir := dual(t, data)
	evaluate := func(args ...string) (r score.Results) {
		t.Helper()
		code, stdout, stderr := call(append(args, "--threads", "1", "--json", "--by", "knn")...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, stderr)
		}
		if err := json.Unmarshal([]byte(stdout), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	ours := evaluate(dir, "--untrained")
	if len(ours.Rows) != 2 || ours.Rows[1].Accuracy.Top1 != 100 {
		t.Errorf("rows %+v", ours.Rows)
	}
	if len(ours.Tail) != 2 || !(ours.Tail[1].Few >= 0 && ours.Tail[1].Few <= 1) || !(ours.Tail[1].Size >= 0 && ours.Tail[1].Size <= 1) {
		t.Errorf("tail discovery %+v, want that of 2 epochs", ours.Tail)
	}
	c, err := checkpoint.Load(run.File(dir, run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(t.TempDir(), "theirs.pt")
	if err := serialize.Save(bare, serialize.NewDict("epoch", 2, "state_dict", c.Weights)); err != nil {
		t.Fatal(err)
	}
	theirs := evaluate(bare, "--data", data, "--model", "resnet10", "--width", "4", "--size", "16", "--seed", "10")
	if a, b := fmt.Sprint(ours.Rows[1]), fmt.Sprint(theirs.Rows[0]); a != b {
		t.Errorf("the bare weights give %s, the run %s", b, a)
	}
	if theirs.Tail != nil {
		t.Errorf("tail discovery %+v without a history", theirs.Tail)
	}
	code, stdout, stderr := call(dir, "--threads", "1", "--by", "knn")
	if code != 0 || !strings.Contains(stdout, "after epoch 2 as a detector of the tail: AUC") {
		t.Errorf("exit code %d, %s, table:\n%s", code, stderr, stdout)
	}
}

// A history that cannot be read is an error that names it, before any evaluation.
func TestBrokenHistory(t *testing.T) {
	data := colours(t)
	dir := dual(t, data)
	path := run.File(dir, run.HistoryFile)
	if err := os.WriteFile(path, []byte("no array"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := call(dir, "--threads", "1", "--by", "knn")
	if way := "(bcl-eval " + filepath.Join(dir, "model.pt") + " evaluates without the history)"; code != 1 || !strings.Contains(stderr, path) || !strings.Contains(stderr, way) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if code, stdout, stderr := call(filepath.Join(dir, "model.pt"), "--threads", "1", "--by", "knn"); code != 0 || !strings.Contains(stdout, "knn") {
		t.Errorf("without the history: exit code %d: %s", code, stderr)
	}
	spoil(t, data)
	if code, _, stderr := call(dir, "--threads", "1", "--by", "knn"); code != 1 || !strings.Contains(stderr, path) {
		t.Errorf("found only after measuring: exit code %d: %s", code, stderr)
	}
}
