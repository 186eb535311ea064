package bcltrain

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
)

// A complete run on a read-only mount is resumed to nothing, in peace.
func TestResumeReadOnly(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, named("done", data, save, "--epochs", "1")...)
	mount := t.TempDir()
	err := syscall.Mount(save, mount, "", syscall.MS_BIND, "")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("mounting needs root")
	}
	if err == nil {
		t.Cleanup(func() { syscall.Unmount(mount, 0) })
		err = syscall.Mount("", mount, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call("done", "--save-dir", mount, "--resume")
	if path := filepath.Join(mount, "done", run.CheckpointFile); code != 0 || strings.TrimSpace(stdout) != path || !strings.Contains(stderr, "done: complete: nothing is left to do") {
		t.Errorf("exit code %d, %q, %s", code, stdout, stderr)
	}
	refused(t, 1, []string{"read-only file system"}, "done", "--save-dir", mount, "--resume", "--epochs", "2", "--allow-change", "epochs")
}

// Metrics that were cut short are missed.
func TestLostMetrics(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, named("cut", data, save, "--epochs", "3")...)
	path := filepath.Join(save, "cut", run.MetricsFile)
	first, _, _ := strings.Cut(file(t, path), "\n")
	if err := os.WriteFile(path, []byte(first+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := must(t, named("cut", data, save, "--epochs", "4", "--resume", "--allow-change", "epochs")...); !strings.Contains(said, "metrics.jsonl lacks 2 epochs") {
		t.Error(said)
	}
}
