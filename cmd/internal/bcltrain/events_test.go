package bcltrain

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/tfevents"
)

// eventFile returns the one event file of a run.
func eventFile(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*"))
	if err != nil || len(files) != 1 || !tfevents.IsFile(filepath.Base(files[0])) {
		t.Fatalf("event files %v, error %v", files, err)
	}
	return files[0]
}

// A run writes its events into one file, also after it was resumed, each value once;
// a run from its checkpoint has the metrics of before.
func TestEvents(t *testing.T) {
	save := t.TempDir()
	args := func(name string, more ...string) []string {
		return small(t, name, save, append([]string{"--save-freq", "1", "--eval-freq", "1", "--eval-by", "knn"}, more...)...)
	}
	must(t, args("x")...)
	dir := filepath.Join(save, "x")
	whole := file(t, eventFile(t, dir))
	for tag, n := range map[string]int{"train/loss": 2, "eval/knn/top1": 2, "memory/weight": 2 + 2, "memory/most_boosted": 2, "_hparams_/session_start_info": 1, "config": 1} {
		if got := strings.Count(whole, tag); got < n {
			t.Errorf("%s is there %d times, want %d", tag, got, n)
		}
	}
	first, err := os.ReadFile(filepath.Join(dir, run.KeptName(1)))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, run.CheckpointFile), first)
	must(t, args("x", "--resume")...)
	if again := file(t, eventFile(t, dir)); len(again) < len(whole)-64 || len(again) > len(whole)+64 || strings.Count(again, "train/loss") != strings.Count(whole, "train/loss") {
		t.Errorf("after resuming %d bytes, before %d", len(again), len(whole))
	}
	must(t, args("y", "--resume="+filepath.Join(dir, run.KeptName(1)))...)
	if of := file(t, eventFile(t, filepath.Join(save, "y"))); strings.Count(of, "train/loss") != 2 || strings.Count(of, "eval/knn/top1") != 2 {
		t.Error("the run from its checkpoint lacks metrics of before")
	}
}

// TensorBoard and tbparse read the event file (make interop).
func TestInteropEvents(t *testing.T) {
	python := os.Getenv("BCL_PYTHON")
	if python == "" {
		t.Skip("BCL_PYTHON is not set: make interop PYTHON=...")
	}
	save := t.TempDir()
	must(t, small(t, "x", save, "--eval-freq", "1", "--eval-by", "knn")...)
	out, err := exec.Command(python, "testdata/events.py", filepath.Join(save, "x")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Log(cmp.Or(strings.TrimSpace(string(out)), "no output"))
}
