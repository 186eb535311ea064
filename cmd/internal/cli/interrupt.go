package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Interrupted is the cause of a context that a signal ended.
type Interrupted struct{ Signal syscall.Signal }

func (e *Interrupted) Error() string { return "stopped by " + signalName(e.Signal) }

// Code is the exit code of a process that the signal ended: 130 for Ctrl-C.
func (e *Interrupted) Code() int { return 128 + int(e.Signal) }

var signalNames = map[syscall.Signal]string{
	syscall.SIGINT: "Ctrl-C (SIGINT)", syscall.SIGTERM: "SIGTERM", syscall.SIGHUP: "SIGHUP (the terminal is closed)",
}

func signalName(s syscall.Signal) string { return cmp.Or(signalNames[s], s.String()) }

// echo is how long after the first signal the same signal counts as its echo: schedulers
// and container engines send some both to a process and to its parent, which passes them
// on.
const echo = 500 * time.Millisecond

// Interruptible returns a context that ends at the first SIGINT, SIGTERM or (except under
// nohup) SIGHUP, with *Interrupted as its cause, and then prints doing, what the command
// does before it ends. A second signal ends the process at once.
func Interruptible(parent context.Context, doing string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		var first os.Signal
		var at time.Time
		for s := range signals {
			e := &Interrupted{s.(syscall.Signal)}
			if first != nil {
				if s == first && time.Since(at) < echo {
					continue
				}
				os.Exit(e.Code())
			}
			first, at = s, time.Now()
			fmt.Fprintf(os.Stderr, "\n%s: %s; repeat to end at once\n", signalName(e.Signal), doing)
			cancel(e)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

// Cause returns the cause of ctx's end if err only reports that end, else err: a save
// that fails after Ctrl-C is still a failure.
func Cause(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return context.Cause(ctx)
	}
	return err
}
