package repro

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// trio is a preset of one unit with three protocols: two with lists, one drawn.
const trio = `
name: trio
seeds: [7]
methods: [{method: bcl-i}]
train: {epochs: 2, lr: 0.5}
eval: {probe-epochs: 5, by: [knn, probe]}
parts:
  - name: p
    data: embedded
    splits: [{name: s, list: s.npy}]
    test: test.txt
    protocols: [{name: list, lists: [l.npy]}, {name: drawn, shots: 5}, {name: ten, shots: 10, lists: [a.npy, b.npy]}]
`

// trained is the config.yaml of a run of trio.
const trained = "epochs: 2\nlr: 0.50\nmethod: bcl-i\nseed: 7\nthreads: 2\ndevice: cpu\nwidth: 64\n"

// unitOf returns a preset's only unit, and its plan in folders of the test, which has
// its lists.
func unitOf(t *testing.T, preset string) (*Plan, *Unit) {
	t.Helper()
	plan, err := NewPlan(parse(t, preset), Select{})
	if err != nil || len(plan.Units) != 1 {
		t.Fatal(plan, err)
	}
	plan.Splits, plan.Out = t.TempDir(), t.TempDir()
	for i, name := range plan.Lists() {
		if err := dataset.WriteIndexList(filepath.Join(plan.Splits, name), []int{i}); err != nil {
			t.Fatal(err)
		}
	}
	return plan, plan.Units[0]
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// putCheckpoint writes a minimal checkpoint of a run with epochs done.
func putCheckpoint(t *testing.T, path string, epochs int) {
	t.Helper()
	put(t, path, "")
	bcl := serialize.NewDict("format", run.Format, "position", serialize.NewDict("epoch", epochs+1, "batch", 0, "step", 10*epochs))
	err := atomicfile.WriteFile(path, func(w io.Writer) error {
		return serialize.WriteSummed(w, serialize.NewDict("epoch", epochs, "bcl", bcl))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// putRun writes the folder of a run of trio with epochs done.
func putRun(t *testing.T, dir string, epochs int) {
	t.Helper()
	put(t, filepath.Join(dir, run.ConfigFile), trained)
	put(t, filepath.Join(dir, run.EnvironmentFile), `{"bcl": "v1", "cores": 4, "device": "cpu"}`)
	lines := ""
	for epoch := 1; epoch <= epochs; epoch++ {
		lines += fmt.Sprintf("{\"epoch\":%d,\"seconds\":1.5}\n", epoch)
	}
	put(t, filepath.Join(dir, run.MetricsFile), lines)
	if epochs > 0 {
		putCheckpoint(t, filepath.Join(dir, run.CheckpointFile), epochs)
	}
}

// output is the output of bcl-eval for protocols by the names of their rows: accuracies
// from 30 on.
func output(rows ...string) []byte {
	var texts []string
	for i, row := range rows {
		for _, by := range []string{score.KNN, score.Probe} {
			texts = append(texts, fmt.Sprintf(`{"network": "trained", "protocol": %q, "classifier": %q, "accuracy": {"top1": %d, "groups": [null, 20, 10], "std": 5}}`, row, by, 30+i))
		}
	}
	return fmt.Appendf(nil, `{"rows": [%s], "tail_discovery": [{"few_auc": 0.75}]}`, strings.Join(texts, ","))
}

// putRecord evaluates a trained unit, and returns its record.
func putRecord(t *testing.T, plan *Plan, u *Unit) *Record {
	t.Helper()
	r, err := plan.newRecord(u, run.CheckpointFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range u.Tasks() {
		if err := plan.Add(r, task, output(strings.Split(task.Name(), ",")...), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Write(plan.RecordPath(u)); err != nil {
		t.Fatal(err)
	}
	return r
}
