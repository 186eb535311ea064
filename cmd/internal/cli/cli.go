// Package cli is what the commands share: flags in GNU style, also read from a
// configuration file, exit codes, interruption, progress.
//
// Settings come from flags, then from the file that --config names, then from defaults.
// Names of flags and keys ignore case, and "_" and "-" are the same. stdout is for
// results, stderr for progress and messages. Commands exit with 0, with 1 for a failure,
// or with 2 for a wrong command line.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/settings"
)

// Exit codes. A command that a signal ends returns 128 + the signal's number.
const (
	OK      = 0
	Failure = 1
	Usage   = 2
)

// UsageError is an error of the command line.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef returns a *UsageError.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// NewFlags returns an empty set of flags for a command.
func NewFlags(name string) *pflag.FlagSet {
	fs := pflag.NewFlagSet(name, pflag.ContinueOnError)
	fs.SortFlags = false
	fs.SetOutput(io.Discard)
	fs.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(settings.Normalize(name))
	})
	return fs
}

// Parse reads a command line. If the exit code is -1 the command continues; otherwise
// help, the version or an error was written, and the command ends.
func Parse(fs *pflag.FlagSet, args []string, usage string, stdout, stderr io.Writer) int {
	if err := ParseArgs(fs, args, usage, stdout); err != nil {
		return Exit(fs.Name(), err, stderr)
	}
	return -1
}

// ParseArgs is [Parse] within the body of a command: errors are [*UsageError], and after
// help or the version the error is [ErrHelp].
func ParseArgs(fs *pflag.FlagSet, args []string, usage string, stdout io.Writer) error {
	version := fs.Bool("version", false, "show the version, and whether this is native or an image")
	if fs.Lookup("help-all") == nil { // without Sections --help has all
		fs.Bool("help-all", false, "show all flags")
		fs.MarkHidden("help-all")
	}
	spacedLists(fs)
	if asked.Question != "" && asked.Question != ParseOnly {
		return answer(fs, usage, stdout)
	}
	err := fs.Parse(args)
	unknown, isUnknown := errors.AsType[*pflag.NotExistError](err)
	wrong, isWrong := errors.AsType[*pflag.InvalidValueError](err)
	switch {
	case errors.Is(err, pflag.ErrHelp), err == nil && (fs.Changed("help") || fs.Changed("help-all")): // pflag's own, or the command's
		writeHelp(stdout, fs, usage, fs.Changed("help-all"))
		return ErrHelp
	case isWrong:
		f := wrong.GetFlag()
		return Usagef("--%s is %q, expected %s", f.Name, wrong.GetValue(), kind(f))
	case isUnknown:
		return Usagef("%w%s", err, Near(unknown.GetSpecifiedName(), flagNames(fs)))
	case err != nil:
		return &UsageError{err}
	case *version:
		fmt.Fprintln(stdout, versionLine(fs.Name()))
		return ErrHelp
	case asked.Question == ParseOnly:
		return cmp.Or(checkValues(fs), ErrHelp)
	}
	return nil
}

// ErrHelp ends a command after it showed its help or version.
var ErrHelp = errors.New("help or version was shown")

// Choose returns the sub-command that args begin with. If the exit code is 0 or more,
// help, the version or an error was written, and the command ends. names lists the
// sub-commands for people; help writes the help of one, to stdout, for --help-all.
func Choose[C any](program, usage, names string, commands map[string]C, help func(name string, command C) int, args []string, stdout, stderr io.Writer) (chosen C, code int) {
	var list []string
	for _, name := range strings.FieldsFunc(names, func(r rune) bool { return r == ',' || r == ' ' }) {
		if _, ok := commands[name]; ok { // the last is behind an "and"
			list = append(list, name)
		}
	}
	if code, choose := answerChoice(program, usage, list, commands, help, args, stdout); !choose {
		return chosen, code
	}
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return chosen, Usage
	}
	switch args[0] {
	case "help", "--help", "-h":
		fmt.Fprint(stdout, usage)
		return chosen, OK
	case "help-all", "--help-all":
		fmt.Fprint(stdout, usage)
		for _, name := range list {
			fmt.Fprintln(stdout)
			code = max(code, help(name, commands[name]))
		}
		return chosen, code
	case "version", "--version":
		fmt.Fprintln(stdout, versionLine(program))
		return chosen, OK
	}
	chosen, ok := commands[args[0]]
	if !ok {
		return chosen, Exit(program, Usagef("unknown command %q; the commands are %s%s", args[0], names, Near(args[0], slices.Sorted(maps.Keys(commands)))), stderr)
	}
	return chosen, -1
}

// Run runs the body of a command with a context that a signal ends, and returns the exit
// code. doing is what the command does then, such as "saving".
func Run(name, doing string, stderr io.Writer, body func(ctx context.Context) error) int {
	ctx, stop := Interruptible(context.Background(), doing)
	defer stop()
	return Exit(name, Cause(ctx, body(ctx)), stderr)
}

// Exit writes what went wrong, if anything did, and returns its exit code.
func Exit(name string, err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, ErrHelp) {
		return OK
	}
	fmt.Fprintf(stderr, "%s: %s\n", name, quote.Text(err.Error(), typed()...))
	if signal, ok := errors.AsType[*Interrupted](err); ok {
		return signal.Code()
	}
	if _, ok := errors.AsType[*UsageError](err); ok {
		fmt.Fprintf(stderr, "Try '%s --help'.\n", name)
		return Usage
	}
	return Failure
}

// typed are the words of the command line, and the values in them, which errors may repeat.
func typed() []string {
	words := slices.Clone(os.Args)
	for _, w := range os.Args {
		if _, value, ok := strings.Cut(w, "="); ok && strings.HasPrefix(w, "-") {
			words = append(words, value)
		}
	}
	return words
}
