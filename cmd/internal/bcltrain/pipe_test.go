package bcltrain

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
)

// Who reads the output may leave, as "| head -1" does: training continues to its end.
func TestNobodyReads(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	cmd, _ := child(0, tiny(data, save, "--print-freq", "1")...)
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Run()
	w.Close()
	if code := cmd.ProcessState.ExitCode(); code != 128+int(syscall.SIGPIPE) {
		t.Errorf("exit code %d (%v), want that of SIGPIPE", code, err)
	}
	dir := filepath.Join(save, "t")
	if n := strings.Count(file(t, dir, run.MetricsFile), "\n"); n != 2 {
		t.Errorf("%d epochs, want 2", n)
	}
	if _, err := os.Stat(filepath.Join(dir, run.CheckpointFile)); err != nil {
		t.Error(err)
	}
}

// What cannot be written on stdout is a failure, though all is saved.
func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, args := range [][]string{{"--help"}, {"--version"}} {
		cmd, stderr := child(0, args...)
		cmd.Stdout = full
		if cmd.Run(); cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%v: exit code %d: %s", args, cmd.ProcessState.ExitCode(), stderr)
		}
	}
}

// A warm-up that the run ends within is said.
func TestWarmupLongerThanRun(t *testing.T) {
	data := folder(t, 9)
	for warmup, want := range map[string]bool{"0": false, "1": false, "2": true, "10": true} {
		said := must(t, tiny(data, t.TempDir(), "--warmup", warmup)...)
		if strings.Contains(said, "the 2 epochs end within the warm-up of "+warmup) != want {
			t.Errorf("--warmup %s: %s", warmup, said)
		}
	}
}
