package bcltrain

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
)

// Ctrl-C finishes the step, saves and exits with 130; the same command resumes and ends
// with the weights, metrics and memory of an uninterrupted run.
func TestInterruptAndResume(t *testing.T) { interruptAndResume(t, "--method", "bcl-i") }

// With a pruned branch the masks of the epoch's start are restored too.
func TestInterruptAndResumeBCLD(t *testing.T) {
	interruptAndResume(t, "--method", "bcl-d", "--width", "4", "--lr", "0.01", "--prune-percent", "0.8", "--random-prune-percent", "0.2")
}

func interruptAndResume(t *testing.T, method ...string) {
	t.Helper()
	data, save := folder(t, 12), t.TempDir()
	long := func(name string, more ...string) []string {
		args := tiny(data, save, slices.Concat([]string{"--epochs", "40"}, method, more)...)
		args[0] = name
		return args
	}
	if code, _, stderr := call(long("whole")...); code != 0 {
		t.Fatal(stderr)
	}
	cut := filepath.Join(save, "cut", run.CheckpointFile)
	go func() {
		for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(time.Millisecond) {
			if _, err := os.Stat(cut); err == nil {
				break // the first epoch is done
			}
		}
		syscall.Kill(os.Getpid(), syscall.SIGINT)
	}()
	code, stdout, stderr := call(long("cut")...)
	if code != 130 || stdout != "" || !strings.Contains(stderr, "Ctrl-C") || !strings.Contains(stderr, "to resume it: bcl-train cut --resume --save-dir "+save+"\n") {
		t.Fatalf("exit code %d, want 130; stdout %q, stderr %s", code, stdout, stderr)
	}
	if code, _, stderr := call(long("cut", "--lr", "0.06")...); code != 1 || !strings.Contains(stderr, "now 0.06") {
		t.Errorf("the same name with another setting: exit code %d: %s", code, stderr)
	}
	if code, _, stderr := call(long("cut")...); code != 0 || !strings.Contains(stderr, "resuming at epoch") {
		t.Fatalf("the same command again: exit code %d: %s", code, stderr)
	}
	whole := filepath.Join(save, "whole")
	if !bytes.Equal(weightsOf(t, whole), weightsOf(t, filepath.Dir(cut))) {
		t.Error("an interrupted run ends with other weights")
	}
	for _, name := range run.HistoryFiles() {
		x, err := os.ReadFile(filepath.Join(whole, name))
		if err != nil {
			t.Fatal(err)
		}
		if y, err := os.ReadFile(run.File(filepath.Dir(cut), name)); err != nil || !bytes.Equal(x, y) {
			t.Errorf("%s of an interrupted run differs (%d and %d bytes, error %v)", name, len(x), len(y), err)
		}
	}
	a, b := losses(t, whole), losses(t, filepath.Dir(cut))
	if a != b {
		t.Errorf("losses of an interrupted run:\n%s\nof an uninterrupted one:\n%s", b, a)
	}
}

// losses returns the epochs, steps and losses in metrics.jsonl.
func losses(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, run.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		before, _, _ := strings.Cut(line, `,"seconds"`)
		out.WriteString(before + "\n")
	}
	return out.String()
}
