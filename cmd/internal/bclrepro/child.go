package bclrepro

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// run runs c to its end. Its stdout goes to out, its stderr to log. When a signal ends
// ctx, the signal is passed on to c, which is waited for: bcl-train saves.
func (c *command) run(ctx context.Context, out io.Writer, log *os.File) error {
	fmt.Fprintf(log, "%s %v\n", time.Now().Format(time.RFC3339), c)
	// Pdeathsig refers to the thread that started the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, c.program, c.args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, out, log
	cmd.Env = append(os.Environ(), c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:   true,            // so that Ctrl-C of a terminal reaches it only from here, once
		Pdeathsig: syscall.SIGTERM, // if this process is killed, children save and end too
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(signalOf(ctx)) }
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit):
		return fmt.Errorf("%s ended with %v", filepath.Base(c.program), exit)
	}
	return err // nil, or c did not start
}

// signalOf is the signal that ended ctx.
func signalOf(ctx context.Context) syscall.Signal {
	var i *cli.Interrupted
	if errors.As(context.Cause(ctx), &i) {
		return i.Signal
	}
	return syscall.SIGTERM
}

// openLog opens the log of a unit and locks it. This process and the commands it starts
// hold the lock, so it lasts until all of them have ended. errBusy means that others hold
// it.
func openLog(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errBusy
	}
	return nil, fmt.Errorf("locking %s: %w", path, err)
}

var errBusy = errors.New("another bcl-repro works on it")

// lastLines returns the last n lines of a log after an offset.
func lastLines(log *os.File, from int64, n int) string {
	end, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return err.Error()
	}
	from = max(from, end-1<<14)
	text := make([]byte, end-from)
	if _, err := log.ReadAt(text, from); err != nil && err != io.EOF {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
