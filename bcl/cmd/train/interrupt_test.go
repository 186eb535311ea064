package train

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
)

// Ctrl-C finishes the step, saves and exits with 130; --resume goes on to the
// weights, metrics and memory of a run that nobody interrupted.
func TestInterruptAndResume(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	long := func(name string, more ...string) []string {
		args := tiny(data, save, append([]string{"--epochs", "100"}, more...)...)
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
	if code != 130 || stdout != "" || !strings.Contains(stderr, "Ctrl-C") {
		t.Fatalf("exit code %d, want 130; stdout %q, stderr %s", code, stdout, stderr)
	}
	if code, _, stderr := call(long("cut", "--resume")...); code != 0 {
		t.Fatalf("--resume: exit code %d: %s", code, stderr)
	}
	whole := filepath.Join(save, "whole")
	if !bytes.Equal(weights(t, whole), weights(t, filepath.Dir(cut))) {
		t.Error("a run that was interrupted ends with other weights")
	}
	a, b := losses(t, whole), losses(t, filepath.Dir(cut))
	if a != b {
		t.Errorf("losses of an interrupted run:\n%s\nof a whole one:\n%s", b, a)
	}
}

// losses returns what metrics.jsonl says of epochs, steps and losses.
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
