package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Program runs the command of this process and ends it with the exit code. Who reads its
// output may leave, as "| head -1" does: work that is saved, such as training, continues to
// its end. Results that could not be written are a failure.
func Program(name string, main func(args []string, stdout, stderr io.Writer) int) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // else a write would end the process
	out := &output{w: os.Stdout}
	args, code := os.Args[1:], 0
	if q := questionOf(args); q != "" {
		code = Ask(q, main, args[1:], out, os.Stderr)
	} else {
		code = main(args, out, os.Stderr)
	}
	os.Exit(out.exit(name, code, os.Stderr))
}

// output remembers what was wrong with a write, since not everybody looks.
type output struct {
	w   io.Writer
	err error // the first
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}

// exit is the exit code of a command that would have been code: that of SIGPIPE where
// nobody read on.
func (o *output) exit(name string, code int, stderr io.Writer) int {
	switch {
	case o.err == nil || code != OK:
		return code
	case errors.Is(o.err, syscall.EPIPE):
		return 128 + int(syscall.SIGPIPE)
	}
	return Exit(name, fmt.Errorf("writing the results: %w", o.err), stderr)
}
