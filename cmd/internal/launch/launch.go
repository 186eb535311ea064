package launch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// After one process has failed the others hear of it, save and end by themselves; what does not
// is told to end after the first time, and killed after another second.
const (
	patience = 20 * time.Second
	mercy    = 10 * time.Second
)

// Run starts this program n times with arguments, passes signals on, and returns the exit code:
// that of the first process that failed, 1 if something else than a signal that was passed on
// killed it. stdout is that of rank 0.
func Run(name string, n int, args []string, stdout, stderr io.Writer) (code int, err error) {
	runtime.LockOSThread() // the kernel ends the children when the thread that started them ends
	defer runtime.UnlockOSThread()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	port, err := freePort()
	if err != nil {
		return 0, err
	}
	environments, err := rendezvous.Children(os.Getenv, n, port)
	if err != nil {
		return 0, err
	}
	if _, file := stderr.(*os.File); !file {
		stderr = &shared{w: stderr}
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)

	ends := make(chan end, n)
	children := make([]*exec.Cmd, n)
	for i, env := range environments {
		c := exec.Command(self, args...)
		c.Env = append(append(os.Environ(), env...), fmt.Sprintf("%s=%d", launcher, os.Getpid()))
		c.Stderr = stderr
		if i == 0 {
			c.Stdin, c.Stdout = os.Stdin, stdout
		}
		c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
		if err = c.Start(); err != nil {
			send(children, syscall.SIGKILL)
			return 0, err
		}
		children[i] = c
		rank := strings.TrimPrefix(env[0], "RANK=")
		go func() { ends <- end{i, rank, c, c.Wait()} }()
	}
	return supervise(name, children, ends, signals, stderr), nil
}

// shared is a writer for several goroutines.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}

// end is how a process ended.
type end struct {
	child int
	rank  string
	cmd   *exec.Cmd
	err   error
}

// supervise waits for all processes and returns the exit code.
func supervise(name string, children []*exec.Cmd, ends <-chan end, signals <-chan os.Signal, stderr io.Writer) (code int) {
	var deadline <-chan time.Time
	killing := false
	var passed []syscall.Signal
	for left := len(children); left > 0; {
		select {
		case s := <-signals:
			passed = append(passed, s.(syscall.Signal))
			send(children, s.(syscall.Signal))
		case <-deadline:
			if killing {
				send(children, syscall.SIGKILL)
				deadline = nil
				continue
			}
			killing = true
			send(children, syscall.SIGTERM)
			deadline = time.After(mercy)
		case e := <-ends:
			left--
			children[e.child] = nil
			if e.err == nil {
				continue
			}
			if code == 0 {
				code = exitCode(e.err, passed)
				deadline = time.After(patience)
			}
			fmt.Fprintf(stderr, "%s: rank %s (process %d) %s\n", name, e.rank, e.cmd.Process.Pid, how(e.err))
		}
	}
	return code
}

func send(children []*exec.Cmd, s syscall.Signal) {
	for _, c := range children {
		if c != nil {
			_ = c.Process.Signal(s) // it may have ended
		}
	}
}

// how says how a process ended.
func how(err error) string {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		if w, ok := e.Sys().(syscall.WaitStatus); ok && w.Signaled() {
			text := fmt.Sprintf("was ended by signal %d (%v)", int(w.Signal()), w.Signal())
			if w.Signal() == syscall.SIGKILL {
				text += ", as the kernel does when memory runs out"
			}
			return text
		}
		return fmt.Sprintf("ended with exit code %d", e.ExitCode())
	}
	return fmt.Sprintf("failed: %v", err)
}

func exitCode(err error, passed []syscall.Signal) int {
	e, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return 1
	}
	if w, ok := e.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		if slices.Contains(passed, w.Signal()) {
			return 128 + int(w.Signal())
		}
		return 1
	}
	return e.ExitCode()
}

// freePort returns a port that nothing uses at the moment.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Without returns arguments without a flag and its value.
func Without(args []string, flag string) (left []string) {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			return append(left, args[i:]...)
		case a == flag:
			i++
		case !strings.HasPrefix(a, flag+"="):
			left = append(left, a)
		}
	}
	return left
}
