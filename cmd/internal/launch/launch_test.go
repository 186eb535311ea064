package launch

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestWithout(t *testing.T) {
	for line, want := range map[string]string{
		"":                              "",
		"a --nproc 2 --b":               "a --b",
		"--nproc=2 a":                   "a",
		"a --nproc":                     "a",
		"--nprocs 2 a -- --nproc 2":     "--nprocs 2 a -- --nproc 2",
		"--b c --nproc 2 --nproc=3 --d": "--b c --d",
	} {
		if got := Without(strings.Fields(line), "--nproc"); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: %q, want %s", line, got, want)
		}
	}
}

// TestMain is a child where Run starts this program: it says its rank, and one fails as told.
func TestMain(m *testing.M) {
	if os.Getenv("BCL_TEST_LAUNCH") == "" {
		os.Exit(m.Run())
	}
	if !Child() {
		os.Exit(9)
	}
	rank := os.Getenv("RANK") + " of " + os.Getenv("WORLD_SIZE")
	os.Stdout.WriteString("rank " + rank + " " + strings.Join(os.Args[1:], " ") + "\n")
	if os.Getenv("RANK") == "1" {
		switch os.Getenv("BCL_TEST_LAUNCH") {
		case "exit":
			os.Exit(3)
		case "kill":
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	}
}

func TestRun(t *testing.T) {
	for how, want := range map[string]struct {
		code  int
		words string
	}{"go": {0, ""}, "exit": {3, "ended with exit code 3"}, "kill": {1, "was ended by signal 9 (killed), as the kernel does when memory runs out"}} {
		t.Setenv("BCL_TEST_LAUNCH", how)
		var out, errs bytes.Buffer
		code, err := Run("program", 3, []string{"a", "b"}, &out, &errs)
		if err != nil || code != want.code || out.String() != "rank 0 of 3 a b\n" {
			t.Errorf("%s: exit code %d, error %v, stdout %q", how, code, err, out.String())
		}
		if (errs.Len() > 0) != (want.words != "") || want.words != "" && (!strings.HasPrefix(errs.String(), "program: rank 1 (process ") || !strings.HasSuffix(errs.String(), want.words+"\n")) {
			t.Errorf("%s: stderr %q", how, errs.String())
		}
	}
	t.Setenv("LOCAL_RANK", "0")
	if _, err := Run("program", 2, nil, &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
		t.Error("processes within processes are no error")
	}
}

// Signals go to every process.
func TestSignals(t *testing.T) {
	children := []*exec.Cmd{exec.Command("sleep", "60"), exec.Command("sleep", "60")}
	ends := make(chan end, len(children))
	for i, c := range children {
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { ends <- end{i, "0", c, c.Wait()} }()
	}
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	var errs bytes.Buffer
	if code := supervise("program", children, ends, signals, &errs); code != 143 {
		t.Errorf("exit code %d, want 143: %s", code, errs.String())
	}
}

// A process is ended when its parent has been another for a while, and not before.
func TestGuard(t *testing.T) {
	t.Setenv(launcher, "1")
	if Child() {
		t.Error("a process of another launcher")
	}
	looked, ended := 0, 0
	guard(func() int {
		if looked++; looked < 5 {
			return 7
		}
		return 1
	}, 0, 0, func() { ended = looked })
	if ended != 5 {
		t.Errorf("ended after %d looks, want 5", ended)
	}
}

func TestMost(t *testing.T) {
	if n, why := Most(8); n != 8 || !strings.Contains(why, "8 GPU(s)") {
		t.Errorf("%d (%s) for 8 GPUs", n, why)
	}
	if n, why := Most(0); n != max(few, runtime.NumCPU()) || !strings.Contains(why, "core") {
		t.Errorf("%d (%s) for %d cores", n, why, runtime.NumCPU())
	}
}
