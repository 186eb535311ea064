package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Interrupted is the cause of a context that a signal ended.
type Interrupted struct{ Signal syscall.Signal }

func (e *Interrupted) Error() string { return "stopped by " + signalName(e.Signal) }

// Code is the exit code of a process that the signal ended: 130 for Ctrl-C.
func (e *Interrupted) Code() int { return 128 + int(e.Signal) }

func signalName(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "Ctrl-C (SIGINT)"
	case syscall.SIGTERM:
		return "SIGTERM"
	}
	return s.String()
}

// Interruptible returns a context that ends at the first SIGINT or SIGTERM, with
// *Interrupted as its cause, and says that the command is now doing what it does
// before it ends. A second signal ends the process at once.
func Interruptible(parent context.Context, doing string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		first := true
		for s := range signals {
			e := &Interrupted{s.(syscall.Signal)}
			if !first {
				os.Exit(e.Code())
			}
			first = false
			fmt.Fprintf(os.Stderr, "\n%s: %s; once more ends at once\n", signalName(e.Signal), doing)
			cancel(e)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

// Cause returns what ended ctx if err says no more than that it ended, else err: a
// save that fails after Ctrl-C is still a failure.
func Cause(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return context.Cause(ctx)
	}
	return err
}
