package bcltrain

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/signal"
)

// contents are the files of a folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			files[e.Name()] = "a folder"
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(text)
	}
	return files
}

// A run that cannot be resumed because one of its files is damaged stays as it is, whatever
// new settings were allowed, and the message says what to do.
func TestDamagedRunStaysAsItIs(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	if code, _, stderr := call(tiny(data, save)...); code != 0 {
		t.Fatal(stderr)
	}
	dir := filepath.Join(save, "t")
	more := append(tiny(data, save), "--resume", "--epochs", "3", "--allow-change", "epochs")
	for _, name := range []string{run.HistoryFile, run.SignalFile(signal.Density), run.EnvironmentFile, run.MetricsFile, run.EvaluationsFile, run.SamplesFile} {
		path := filepath.Join(dir, name)
		whole, _ := os.ReadFile(path)
		history := strings.HasSuffix(name, ".npy")
		if history {
			if err := os.WriteFile(path, whole[:len(whole)/2], 0o644); err != nil {
				t.Fatal(err)
			}
		} else {
			os.Remove(path)
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		before := contents(t, dir)
		code, _, stderr := call(more...)
		if code != 1 || !strings.Contains(stderr, path) || history && !strings.Contains(stderr, "without it the run resumes, and its epochs until now are NaN: rm "+path) {
			t.Errorf("%s: exit code %d: %s", name, code, stderr)
		}
		after := contents(t, dir)
		for file := range after {
			if before[file] != after[file] {
				t.Errorf("%s is damaged, and %s was written", name, file)
			}
		}
		if len(after) != len(before) {
			t.Errorf("%s is damaged, and there are %d files instead of %d", name, len(after), len(before))
		}
		os.Remove(path)
		if len(whole) > 0 {
			if err := os.WriteFile(path, whole, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Remove(filepath.Join(dir, run.SignalFile(signal.Density))); err != nil { // as it says
		t.Fatal(err)
	}
	code, _, stderr := call(more...)
	if code != 0 || !strings.Contains(stderr, "2 epochs are missing in "+run.SignalFile(signal.Density)+": their rows are NaN") {
		t.Errorf("without the file: exit code %d: %s", code, stderr)
	}
	if config, err := os.ReadFile(filepath.Join(dir, run.ConfigFile)); err != nil || !bytes.Contains(config, []byte("epochs: 3\n")) {
		t.Errorf("error %v, settings %s", err, config)
	}
}

// A memory does not go on with the momentum of another signal.
func TestMemorySignalStays(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	if code, _, stderr := call(tiny(data, save, "--method", "bcl-i")...); code != 0 {
		t.Fatal(stderr)
	}
	code, _, stderr := call(append(tiny(data, save, "--method", "bcl-i"), "--resume", "--epochs", "3", "--memory-signal", "density", "--allow-change", "epochs,memory-signal")...)
	if code != 1 || !strings.Contains(stderr, "memory-signal: before loss, now density (fixed: the memory's momentum is of the other signal, in other units)") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
