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

// More processes than images in a step, or than this machine is for, are refused before any
// starts, and so is a number that is none.
func TestTooManyProcesses(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	for words, args := range map[string][]string{
		"--nproc 5 makes 5 processes in all, but a step has --batch-size 4 images": {"--nproc", "5"},
		"--nproc is 1000, expected at most ":                                       {"--nproc", "1000", "--batch-size", "4096"},
		"--nproc is -1, expected 1 process or more":                                {"--nproc", "-1"},
		"--group-timeout is 0, expected 1 second to a week":                        {"--group-timeout", "0"},
		"--join-timeout is 1e+300, expected 1 second to a week":                    {"--join-timeout", "1e300"},
		"--device cuda:0 is one GPU, and each of 2 processes":                      {"--nproc", "2", "--device", "cuda:0"},
	} {
		code, _, stderr := call(tiny(data, save, args...)...)
		if strings.Contains(words, "cuda") && strings.Contains(stderr, "CUDA") {
			continue // there is none
		}
		if code != 2 || !strings.Contains(stderr, words) {
			t.Errorf("%s: exit code %d: %s", args, code, stderr)
		}
	}
	for words, variables := range map[string]string{
		"RANK and WORLD_SIZE say 5 processes, but a step has --batch-size 4 images": "RANK=0 WORLD_SIZE=5 MASTER_ADDR=127.0.0.1",
		`MASTER_PORT is "99999", expected a number from 1 to 65535`:                 "RANK=0 WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=99999",
		"PET_NPROC_PER_NODE 5 makes 5 processes in all":                             "PET_NNODES=1 PET_NPROC_PER_NODE=5",
		"WORLD_SIZE, the number of processes, is not set":                           "RANK=0",
	} {
		t.Run(words, func(t *testing.T) {
			for _, v := range strings.Fields(variables) {
				name, value, _ := strings.Cut(v, "=")
				t.Setenv(name, value)
			}
			if code, _, stderr := call(tiny(data, save)...); code != 2 || !strings.Contains(stderr, words) {
				t.Errorf("%s: exit code %d: %s", variables, code, stderr)
			}
		})
	}
}

// launched starts a launcher of two processes, of one machine or of the first of two.
func launched(t *testing.T, machines int, args ...string) (cmd *exec.Cmd, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stderr = child(0, append(args, "--nproc", "2")...)
	cmd.WaitDelay = 5 * time.Second // processes that outlive it have its stderr
	if machines > 1 {
		cmd.Env = append(cmd.Env, "PET_NNODES="+strconv.Itoa(machines), "PET_NODE_RANK=0", "PET_MASTER_ADDR=127.0.0.1", "PET_MASTER_PORT="+strconv.Itoa(torchtest.FreePort(t)))
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, pid := range children(cmd.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = cmd.Process.Kill()
	})
	return cmd, stderr
}

// children lists the processes that a process has started.
func children(of int) (list []int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", of))
	for _, f := range files {
		text, _ := os.ReadFile(f)
		for _, word := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(word); err == nil {
				list = append(list, pid)
			}
		}
	}
	return list
}

// lives reports whether a process runs: one that nobody has waited for does not.
func lives(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, after, _ := strings.Cut(string(text), ") ")
	return err == nil && !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
}

// until waits for something, for a minute.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for begin := time.Now(); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatalf("after a minute: %s", what)
		}
	}
}

// ready waits until the launcher's processes train, or at a first meeting that others are to
// come to, until they wait.
func ready(t *testing.T, cmd *exec.Cmd, machines int, checkpoint string) (ranks []int) {
	t.Helper()
	until(t, "no two processes", func() bool { ranks = children(cmd.Process.Pid); return len(ranks) == 2 })
	if machines == 1 {
		until(t, "no checkpoint", func() bool { _, err := os.Stat(checkpoint); return err == nil })
		return ranks
	}
	// They handle SIGTERM, of which bit 14 tells, and hold sockets of the store.
	until(t, "no signs of a meeting", func() bool {
		for _, pid := range ranks {
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			_, caught, _ := strings.Cut(string(text), "SigCgt:\t")
			mask, err := strconv.ParseUint(strings.SplitN(caught, "\n", 2)[0], 16, 64)
			links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
			sockets := 0
			for _, l := range links {
				if to, _ := os.Readlink(l); strings.HasPrefix(to, "socket:") {
					sockets++
				}
			}
			if err != nil || mask&(1<<(uint(syscall.SIGTERM)-1)) == 0 || sockets < 2 {
				return false
			}
		}
		return true
	})
	return ranks
}

// Processes end with their launcher, however that ends: while they train they save, and while
// they wait for each other for the first time they need not wait on.
func TestLauncherEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts processes several times")
	}
	data, save := folder(t, 13), t.TempDir()
	for _, machines := range []int{1, 2} {
		for _, s := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
			name := fmt.Sprintf("%d-%d", machines, s)
			t.Run(name, func(t *testing.T) {
				cmd, stderr := launched(t, machines, many(data, save, name, "--epochs", "400")...)
				ranks := ready(t, cmd, machines, filepath.Join(save, name, run.CheckpointFile))
				if err := cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()
				until(t, "processes outlive their launcher", func() bool { return !lives(ranks[0]) && !lives(ranks[1]) })
				text := stderr.String()
				if code := cmd.ProcessState.ExitCode(); s != syscall.SIGKILL && code != 128+int(s) {
					t.Errorf("exit code %d: %s", code, text)
				}
				hint := fmt.Sprintf("to resume it: bcl-train %s --resume --save-dir %s --nproc 2\n", name, save)
				if (machines == 1) != strings.Contains(text, hint) {
					t.Errorf("want %q if it was saved: %s", hint, text)
				}
			})
		}
	}
}

// The first meeting has a time limit of its own, after which who is missing is named.
func TestMeetingLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for time limits")
	}
	data, save := folder(t, 13), t.TempDir()
	cmd, stderr := launched(t, 2, many(data, save, "t", "--join-timeout", "3")...)
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(stderr.String(), "waiting for ranks 2, 3 of 4 processes, which have not come within 3s") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// A value that does not follow "=" is no second name.
func TestValueAfterSpace(t *testing.T) {
	for _, args := range [][]string{{"--reweight-positives", "lotar"}, {"--serve", "8090"}} {
		code, _, stderr := call(tiny("embedded", t.TempDir(), args...)...)
		want := fmt.Sprintf("%q was given too; a value of %s ", args[1], args[0])
		if code != 2 || !strings.Contains(stderr, want) || !strings.Contains(stderr, strings.Join(args, "=")) {
			t.Errorf("%s: exit code %d, want %q: %s", args, code, want, stderr)
		}
	}
}
