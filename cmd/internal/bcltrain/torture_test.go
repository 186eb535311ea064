package bcltrain

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// TestMain is bcl-train in the processes that tests start, see child.
func TestMain(m *testing.M) {
	if os.Getenv("BCL_CHILD") == "" {
		os.Exit(m.Run())
	}
	if limit, err := strconv.ParseUint(os.Getenv("BCL_CHILD"), 10, 64); err == nil && limit > 0 {
		signal.Ignore(syscall.SIGXFSZ) // then a write beyond the limit is an error, as on a full disk
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	if os.Getenv("BCL_HASTE") != "" {
		gracePeriod = 0
	}
	cli.Program(name, Main)
}

// child is bcl-train in a process of its own, whose files cannot grow beyond a limit of
// bytes unless it is 0.
func child(limit int, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	cmd, stderr = exec.Command(os.Args[0], args...), &bytes.Buffer{}
	cmd.Env = append(os.Environ(), "BCL_CHILD="+strconv.Itoa(limit), "OMP_NUM_THREADS=1")
	cmd.Stderr = stderr
	return cmd, stderr
}

// A run that is repeatedly killed, at any instant and while writing checkpoints, and
// restarted by the same command, ends with the files of an uninterrupted run: checkpoint,
// kept checkpoints and history byte for byte, metrics except times. BCL_TORTURE is the
// number of kills.
func TestTorture(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains for minutes on a busy machine, in processes that are killed")
	}
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("BCL_TORTURE")); err == nil {
		kills = n
	}
	save := t.TempDir()
	data := folder(t, 12)
	methods := [][]string{{"--method", "bcl-i"}, {"--method", "bcl-d", "--width", "4", "--lr", "0.01", "--prune-percent", "0.8"}}
	random := rand.New(rand.NewPCG(1, uint64(kills)))
	var lives int
	var tally killer
	wholes := make([]time.Duration, len(methods))
	for i := 0; tally.kills < kills; i++ {
		m := i % len(methods)
		args := func(name string) []string {
			args := tiny(data, save, append([]string{"--epochs", "40", "--save-freq", "7", "--keep-last", "3", "--save-minutes", "0.0002"}, methods[m]...)...)
			args[0] = name
			return args
		}
		whole, cut := fmt.Sprintf("whole%d", m), fmt.Sprintf("cut%d", i)
		if wholes[m] == 0 {
			start := time.Now()
			cmd, stderr := child(0, args(whole)...)
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v: %s", err, stderr)
			}
			wholes[m] = time.Since(start)
		}
		tally.dir = filepath.Join(save, cut)
		for done := false; !done; lives++ {
			cmd, stderr := child(0, args(cut)...)
			if lives%2 == 1 { // after SIGTERM the state is saved in the middle of an epoch
				cmd.Env = append(cmd.Env, "BCL_HASTE=1")
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended, struck := make(chan bool), make(chan bool)
			after, way := time.Duration(random.Int64N(int64(wholes[m]))), random.IntN(5)
			go func() {
				defer close(struck)
				if tally.kills < kills {
					tally.strike(cmd.Process, after, way, ended)
				}
			}()
			err := cmd.Wait()
			close(ended)
			<-struck
			tally.count(t, err, stderr.String())
			done = err == nil || strings.Contains(stderr.String(), "it holds this run, complete")
		}
		same(t, filepath.Join(save, whole), tally.dir)
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d lives, %d ended by SIGKILL, %d of them within a write, and %d by SIGTERM", lives, tally.kills-tally.terms, tally.within, tally.terms)
}

// killer ends processes and counts how.
type killer struct {
	dir                  string // of the run
	kills, terms, within int
}

// strike ends a process after a while: way 0 by SIGTERM, ways 1 and 2 by SIGKILL as soon
// as a file is partly written, else by SIGKILL at once.
func (k *killer) strike(p *os.Process, after time.Duration, way int, ended <-chan bool) {
	wait := func(d time.Duration) (over bool) {
		select {
		case <-ended:
			return true
		case <-time.After(d):
			return false
		}
	}
	over, sig := wait(after), syscall.SIGKILL
	switch way {
	case 0:
		sig = syscall.SIGTERM
	case 1, 2:
		for !over && k.left() == 0 {
			over = wait(50 * time.Microsecond)
		}
	}
	_ = p.Signal(sig) // it may have ended
}

// left counts the partly written files.
func (k *killer) left() int {
	names, _ := filepath.Glob(filepath.Join(k.dir, ".*.tmp"))
	return len(names)
}

// count records how a process ended.
func (k *killer) count(t *testing.T, err error, stderr string) {
	t.Helper()
	exit, ok := err.(*exec.ExitError)
	if err == nil || ok && strings.Contains(stderr, "it holds this run, complete") {
		return
	}
	status := exit.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled() && status.Signal() == syscall.SIGKILL:
		k.kills++
		if k.left() > 0 {
			k.within++
		}
	case status.ExitStatus() == 143 || status.Signaled() && status.Signal() == syscall.SIGTERM: // before the handler was installed
		k.kills++
		k.terms++
	default:
		t.Fatalf("%v: %s", err, stderr)
	}
}

// same compares the files of two runs with the same settings.
func same(t *testing.T, a, b string) {
	t.Helper()
	kept, err := filepath.Glob(filepath.Join(a, "model_[0-9]*.pt"))
	if err != nil || len(kept) != 5 {
		t.Fatalf("kept checkpoints %v, want 5; %v", kept, err)
	}
	names := append(run.HistoryFiles(), run.CheckpointFile, run.ConfigFile)
	for _, path := range kept {
		names = append(names, filepath.Base(path))
	}
	for _, name := range names {
		x, errX := os.ReadFile(filepath.Join(a, name))
		y, errY := os.ReadFile(filepath.Join(b, name))
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			t.Errorf("%s: %d bytes in %s and %d in %s differ; %v, %v", name, len(x), a, len(y), b, errX, errY)
		}
	}
	if x, y := timeless(t, a), timeless(t, b); x != y {
		t.Errorf("metrics of %s:\n%s\nof %s:\n%s", a, x, b, y)
	}
	if left, _ := filepath.Glob(filepath.Join(b, ".*")); left != nil {
		t.Errorf("left over: %v", left)
	}
}

// timeless is metrics.jsonl without times.
func timeless(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, run.MetricsFile))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		for _, key := range []string{"seconds", "views_per_second", "resumed"} {
			delete(m, key)
		}
		clean, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(clean, '\n'))
	}
	return out.String()
}

// A full disk ends the run with an error that names the file; the previous checkpoint
// stays, and with space again the same command completes the run as if uninterrupted.
func TestNoSpace(t *testing.T) {
	data, save := folder(t, 12), t.TempDir()
	args := func(name string, more ...string) []string {
		args := tiny(data, save, append([]string{"--epochs", "40", "--save-freq", "7"}, more...)...)
		args[0] = name
		return args
	}
	if code, _, stderr := call(args("whole")...); code != 0 {
		t.Fatal(stderr)
	}
	cut := filepath.Join(save, "cut")
	cmd, stderr := child(0, args("cut")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); !run.HasCheckpoint(cut) && time.Since(start) < time.Minute; time.Sleep(time.Millisecond) {
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 143 {
		t.Fatalf("%v: %s", err, stderr)
	}
	before, err := os.ReadFile(filepath.Join(cut, run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	cmd, stderr = child(len(before)/2, args("cut")...)
	err = cmd.Run()
	if want := filepath.Join(cut, run.CheckpointFile) + " stays as it was"; err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), want) {
		t.Errorf("error %v, want %q: %s", err, want, stderr)
	}
	after, err := os.ReadFile(filepath.Join(cut, run.CheckpointFile))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the checkpoint changed; %v", err)
	}
	cmd, stderr = child(0, args("cut")...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	same(t, filepath.Join(save, "whole"), cut)
}
