package bcltrain

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// rank is one process of a run of several.
type rank struct {
	cmd    *exec.Cmd
	stderr *bytes.Buffer
	code   int
}

// ranks starts n processes of a command line, with plain variables. limit is that of rank 0's
// files.
func ranks(t *testing.T, n, limit int, args ...string) []*rank {
	t.Helper()
	all := make([]*rank, n)
	port := torchtest.FreePort(t)
	for r := range all {
		of := 0
		if r == 0 {
			of = limit
		}
		cmd, stderr := child(of, args...)
		cmd.Env = append(cmd.Env, "RANK="+strconv.Itoa(r), "WORLD_SIZE="+strconv.Itoa(n), "LOCAL_RANK="+strconv.Itoa(r), "LOCAL_WORLD_SIZE="+strconv.Itoa(n),
			"MASTER_ADDR=127.0.0.1", "MASTER_PORT="+strconv.Itoa(port))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all[r] = &rank{cmd: cmd, stderr: stderr}
	}
	return all
}

// wait waits until all have ended, and returns what they wrote.
func wait(t *testing.T, all []*rank, most time.Duration) (text string) {
	t.Helper()
	timer := time.AfterFunc(most, func() {
		for _, r := range all {
			_ = r.cmd.Process.Kill()
		}
	})
	for i, r := range all {
		_ = r.cmd.Wait()
		r.code = r.cmd.ProcessState.ExitCode()
		text += fmt.Sprintf("--- rank %d, exit code %d\n%s", i, r.code, r.stderr)
	}
	if !timer.Stop() {
		t.Fatalf("not all processes ended within %v\n%s", most, text)
	}
	return text
}

// done waits for all, who must succeed.
func done(t *testing.T, all []*rank) (text string) {
	t.Helper()
	text = wait(t, all, 2*time.Minute)
	for _, r := range all {
		if r.code != 0 {
			t.Fatal(text)
		}
	}
	return text
}

// many is a run of several processes, long enough to be interrupted.
func many(data, save, name string, more ...string) []string {
	args := tiny(data, save, append([]string{"--epochs", "30", "--method", "bcl-i", "--group-timeout", "6"}, more...)...)
	args[0] = name
	return args
}

// Several processes end with the files that one writes, and the same bits by whatever they are
// started.
func TestProcesses(t *testing.T) {
	data, save := folder(t, 11), t.TempDir()
	text := done(t, ranks(t, 2, 0, tiny(data, save)...))
	if !strings.Contains(text, "2 processes take each step together") {
		t.Error(text)
	}
	args := append(tiny(data, save), "--nproc", "2")
	args[0] = "nproc"
	cmd, stderr := child(0, args...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if want := filepath.Join(save, "nproc", run.CheckpointFile) + "\n"; string(out) != want {
		t.Errorf("stdout %q, want %q", out, want)
	}
	if !bytes.Equal(weightsOf(t, filepath.Join(save, "t")), weightsOf(t, filepath.Join(save, "nproc"))) {
		t.Error("--nproc has other weights")
	}
	if e, err := run.ReadEnvironment(filepath.Join(save, "t")); err != nil || e.Ranks != 2 {
		t.Errorf("environment %+v, error %v", e, err)
	}
}

// Processes that cannot train together say why.
func TestProcessesDiffer(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	port := strconv.Itoa(torchtest.FreePort(t))
	var all []*rank
	for r, lr := range []string{"0.05", "0.06"} {
		cmd, stderr := child(0, tiny(data, save, "--lr", lr)...)
		cmd.Env = append(cmd.Env, "RANK="+strconv.Itoa(r), "WORLD_SIZE=2", "LOCAL_RANK="+strconv.Itoa(r), "LOCAL_WORLD_SIZE=2", "MASTER_ADDR=127.0.0.1", "MASTER_PORT="+port)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, &rank{cmd: cmd, stderr: stderr})
	}
	text := wait(t, all, time.Minute)
	if all[0].code != 1 || all[1].code != 1 || strings.Count(text, "--lr is 0.06 here, but 0.05 for rank 0") != 2 || !strings.Contains(all[0].stderr.String(), "rank 1 of 2: ") {
		t.Error(text)
	}
}

// Whatever ends one process ends all within 40 seconds (the limit is 6), with a message that names it; the
// same command resumes, and ends with the bytes of a run that nothing disturbed.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains with three processes, several times, and waits for time limits")
	}
	data, save := folder(t, 13), t.TempDir()
	done(t, ranks(t, 3, 0, many(data, save, "whole")...))
	want := weightsOf(t, filepath.Join(save, "whole"))
	for name, f := range map[string]struct {
		rank   int
		signal syscall.Signal
		full   bool
		words  string // in the messages of the others
	}{
		"killed":   {rank: 1, signal: syscall.SIGKILL, words: "rank 1 of 3: it was killed, or cannot be reached any more"},
		"killed0":  {rank: 0, signal: syscall.SIGKILL, words: "rank 0 of 3: it has ended, or cannot be reached any more"},
		"told":     {rank: 2, signal: syscall.SIGTERM, words: "rank 2 of 3: stopped by SIGTERM"},
		"frozen":   {rank: 1, signal: syscall.SIGSTOP, words: "rank 1 of 3: "},
		"fulldisk": {rank: 0, full: true, words: "rank 0 of 3: "},
	} {
		t.Run(name, func(t *testing.T) {
			limit := 0
			args := many(data, save, name)
			if f.full {
				limit = 30000 // bytes, which metrics and the first checkpoints have, but not all that is written
				args = append(args, "--print-freq", "1")
			}
			all := ranks(t, 3, limit, args...)
			begin := time.Now()
			if !f.full {
				checkpoint := filepath.Join(save, name, run.CheckpointFile)
				for {
					if _, err := os.Stat(checkpoint); err == nil {
						break
					}
					if time.Since(begin) > time.Minute {
						t.Fatal("no checkpoint after a minute\n" + wait(t, all, 0))
					}
					time.Sleep(5 * time.Millisecond)
				}
				begin = time.Now()
				if err := all[f.rank].cmd.Process.Signal(f.signal); err != nil {
					t.Fatal(err)
				}
			}
			if f.signal == syscall.SIGSTOP {
				time.AfterFunc(25*time.Second, func() { _ = all[f.rank].cmd.Process.Kill() })
			}
			var others []*rank
			for r, p := range all {
				if r != f.rank {
					others = append(others, p)
				}
			}
			text := wait(t, others, 40*time.Second)
			t.Logf("the others ended after %v", time.Since(begin).Round(10*time.Millisecond))
			if f.signal == syscall.SIGSTOP {
				_ = all[f.rank].cmd.Process.Kill()
			}
			text += wait(t, all[f.rank:f.rank+1], 40*time.Second)
			for _, p := range others {
				if p.code == 0 || !strings.Contains(p.stderr.String(), f.words) {
					t.Errorf("%q is not said\n%s", f.words, text)
				}
			}
			done(t, ranks(t, 3, 0, many(data, save, name)...))
			if !bytes.Equal(weightsOf(t, filepath.Join(save, name)), want) {
				t.Error("the run that was resumed ends with other weights")
			}
		})
	}
}

// A checkpoint does not depend on the number of processes.
func TestOtherNumberOfProcesses(t *testing.T) {
	data, save := folder(t, 11), t.TempDir()
	done(t, ranks(t, 3, 0, tiny(data, save)...))
	text := done(t, ranks(t, 2, 0, append(tiny(data, save), "--resume", "--epochs", "3", "--allow-change", "epochs")...))
	if !strings.Contains(text, "trained by 3 process(es) until now, by 2 from here on") {
		t.Error(text)
	}
	code, _, stderr := call(append(tiny(data, save), "--resume", "--epochs", "4", "--allow-change", "epochs")...)
	if code != 0 || !strings.Contains(stderr, "trained by 2 process(es) until now, by 1 from here on") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
