package bclrepro

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// state returns the state of a unit in --dry-run.
func state(t *testing.T, args []string, unit string) string {
	t.Helper()
	code, stdout, stderr := call(append(args, "--dry-run")...)
	if code != 0 {
		t.Fatal(stderr)
	}
	for line := range strings.Lines(stdout) {
		if _, s, found := strings.Cut(line, unit+": "); found {
			return strings.TrimSpace(s)
		}
	}
	t.Fatalf("no unit %s in\n%s", unit, stdout)
	return ""
}

// A failing unit does not stop the others; its last lines are shown, and it is retried
// the next time.
func TestFailure(t *testing.T) {
	args, _ := fakePlan(t, "[11, 13, 15]")
	code, stdout, stderr := call(args...)
	if code != 1 || !strings.Contains(stderr, "1 of 3 units failed:\np/all/simclr-13 (unit 1): bcl-train ended with exit status 1") ||
		!strings.Contains(stderr, "\n\tfake: no more luck\n") {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	for _, want := range []string{"| 2 of 3 | 13.00 ± 2.83 |        10 |      +3.00 | 13.50 ± 2.83 |", "INCOMPLETE: 1 of 3", "p/all/simclr-13: to do"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the table lacks %q:\n%s", want, stdout)
		}
	}
	if code, _, stderr := call(args...); code != 1 || strings.Count(stderr, "done before") != 2 {
		t.Errorf("again: exit code %d: %s", code, stderr)
	}
}

// A signal is passed on to the commands, which save; the same command resumes.
func TestSignal(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		args, runs := fakePlan(t, "[14, 15]")
		go func() {
			for start := time.Now(); time.Since(start) < time.Minute; time.Sleep(time.Millisecond) {
				if _, err := os.Stat(filepath.Join(runs, "simclr-14/model.pt")); err == nil {
					break
				}
			}
			syscall.Kill(os.Getpid(), s)
		}()
		code, stdout, stderr := call(args...)
		if code != 128+int(s) || stdout != "" || !strings.Contains(stderr, "resumes") {
			t.Fatalf("exit code %d, stdout %q: %s", code, stdout, stderr)
		}
		if log := contents(t, filepath.Join(runs, "simclr-14.log")); !strings.Contains(log, "fake: saved after "+s.String()) {
			t.Errorf("the command did not get the signal: %s", log)
		}
		if got := state(t, args, "simclr-14"); got != "cut off after epoch 1" {
			t.Errorf("state %q", got)
		}
		if code, _, stderr := call(args...); code != 0 {
			t.Fatalf("again: exit code %d: %s", code, stderr)
		}
		if log := contents(t, filepath.Join(runs, "simclr-14.log")); !strings.Contains(log, "fake: resuming") {
			t.Errorf("the run did not resume: %s", log)
		}
	}
}

// A result belongs to its settings and its checkpoint.
func TestStates(t *testing.T) {
	args, runs := fakePlan(t, "[11]")
	unit := "p/all/simclr-11"
	if got := state(t, args, unit); got != "to do" {
		t.Errorf("before: state %q", got)
	}
	if code, _, stderr := call(args...); code != 0 {
		t.Fatal(stderr)
	}
	if got := state(t, args, unit); got != "done" {
		t.Errorf("after: state %q", got)
	}
	preset := contents(t, args[0])
	writeFile(t, args[0], preset+"eval: {probe-epochs: 7}\n")
	if got := state(t, args, unit); got != "trained, 0 evaluations there" {
		t.Errorf("with other settings of evaluation: state %q", got)
	}
	writeFile(t, args[0], strings.Replace(preset, "lr: 0.1", "lr: 0.2", 1))
	if got := state(t, args, unit); got != "conflict: lr: 0.1 there, the plan has 0.2" {
		t.Errorf("with other settings of training: state %q", got)
	}
	before := contents(t, filepath.Join(runs, "simclr-11/config.yaml"))
	code, _, stderr := call(args...)
	if code != 1 || !strings.Contains(stderr, "lr: 0.1 there, the plan has 0.2") || contents(t, filepath.Join(runs, "simclr-11/config.yaml")) != before {
		t.Errorf("a run with other settings in its folder: exit code %d: %s", code, stderr)
	}
	writeFile(t, args[0], strings.Replace(preset, ", lr: 0.1", "", 1))
	if got := state(t, args, unit); got != "conflict: lr: 0.1 there, the plan does not set it" {
		t.Errorf("without a setting: state %q", got)
	}
	writeFile(t, args[0], preset)
	if err := fakeCheckpoint(filepath.Join(runs, "simclr-11"), map[string]string{"epochs": "2", "lr": "0.1", "seed": "11", "method": "simclr", "note": "x"}, 3); err != nil {
		t.Fatal(err)
	}
	if got := state(t, args, unit); got != "trained, 0 evaluations there" {
		t.Errorf("with another checkpoint: state %q", got)
	}
}

// An interrupted run with other settings is not touched, and named.
func TestHalfOfAnother(t *testing.T) {
	args, runs := fakePlan(t, "[11]")
	dir := filepath.Join(runs, "simclr-11")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := fakeCheckpoint(dir, map[string]string{"epochs": "5", "lr": "0.1", "seed": "11", "method": "simclr"}, 1); err != nil {
		t.Fatal(err)
	}
	before := contents(t, filepath.Join(dir, "model.pt"))
	code, _, stderr := call(args...)
	if code != 1 || !strings.Contains(stderr, "simclr-11 holds something else, which is not touched:\n\tepochs: 5 there, the plan has 2") || contents(t, filepath.Join(dir, "model.pt")) != before {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// A list for a flag that takes one value is an error that names the flag.
func TestListOfValues(t *testing.T) {
	args, _ := fakePlan(t, "[11]")
	t.Setenv(fakeEnv, "") // the real bcl-train
	writeFile(t, args[0], strings.Replace(contents(t, args[0]), "epochs: 2", "epochs: [2, 3]", 1))
	code, _, stderr := call(args...)
	if code != 1 || !strings.Contains(stderr, `--epochs is "2,3", expected a whole number`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// A run interrupted before its first checkpoint starts again; a folder that is not a run
// is kept, and one that holds work.
func TestEmptyRun(t *testing.T) {
	args, runs := fakePlan(t, "[11]")
	dir := filepath.Join(runs, "simclr-11")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	diary := writeFile(t, filepath.Join(dir, "diary.txt"), "mine")
	if code, _, stderr := call(args...); code != 1 || !strings.Contains(stderr, "it is not a run") || contents(t, diary) != "mine" {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if err := os.Remove(diary); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "config.yaml"), "epochs: 2\nlr: 0.1\nmethod: simclr\nseed: 11\n")
	const epoch = "{}\n"
	for name, c := range map[string]struct{ text, want string }{
		"model_500.pt":        {epoch, " has no good model.pt, but model_500.pt: copy"},
		"model_previous_2.pt": {epoch, "/model_previous_2.pt: "},
		"metrics.jsonl":       {epoch + epoch + epoch, " has metrics of 3 epochs but no checkpoint"},
	} {
		work := writeFile(t, filepath.Join(dir, name), c.text)
		history := writeFile(t, filepath.Join(dir, "momentum_loss.npy"), "rows")
		code, _, stderr := call(args...)
		if _, err := os.Stat(work); code != 1 || err != nil || !regexp.MustCompile("not touched:\n\t(run directory )?"+regexp.QuoteMeta(dir+c.want)).MatchString(stderr) || contents(t, history) != "rows" {
			t.Errorf("%s: exit code %d, error %v: %s", name, code, err, stderr)
		}
		if err := os.Remove(work); err != nil {
			t.Fatal(err)
		}
	}
	if got := state(t, args, "simclr-11"); got != "to do" {
		t.Errorf("state %q", got)
	}
	// Killed while writing its first checkpoint.
	writeFile(t, filepath.Join(dir, "metrics.jsonl"), epoch+epoch)
	writeFile(t, filepath.Join(dir, ".model.pt.next.tmp"), "half")
	if code, _, stderr := call(args...); code != 0 {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// Only one unit, as in array jobs; a unit locked by another process is an error.
func TestUnit(t *testing.T) {
	args, runs := fakePlan(t, "[11, 12]")
	code, stdout, stderr := call(append(args, "--unit", "1")...)
	if code != 0 || stdout != "" {
		t.Fatalf("exit code %d, stdout %q: %s", code, stdout, stderr)
	}
	if a, b := state(t, args, "simclr-11"), state(t, args, "simclr-12"); a != "to do" || b != "done" {
		t.Errorf("states %q and %q", a, b)
	}
	log, err := openLog(filepath.Join(runs, "simclr-11.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if code, _, stderr := call(args...); code != 1 || !strings.Contains(stderr, "simclr-11 (unit 0): another bcl-repro works on it") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
