package authors

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// line is a command line while it is rewritten from the authors' form to ours.
type line struct {
	theirs *pflag.FlagSet
	args   []string // ours
	gpus   string
	resume string // True or False, if given so
}

// newLine returns a line whose only flag is --gpus.
func newLine() *line {
	l := &line{theirs: cli.NewFlags("")}
	l.theirs.StringVar(&l.gpus, "gpus", "", "")
	return l
}

// take parses the arguments that are the authors' flags and keeps the others. It returns
// the first error.
func (l *line) take(args []string) (err error) {
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			l.args = append(l.args, args[i:]...)
			break
		}
		name, value, hasValue := cutFlag(args[i])
		if name == "resume" && (isTruth(value) || !hasValue && i+1 < len(args) && isTruth(args[i+1])) {
			if !hasValue {
				i++
				value = args[i]
			}
			if l.resume = value; strings.EqualFold(value, "true") {
				l.args = append(l.args, "--resume") // our flag needs no value
			}
			continue
		}
		flag := l.theirs.Lookup(name)
		if name == "" || flag == nil {
			l.args = append(l.args, args[i])
			continue
		}
		end := i + 1
		if !hasValue && flag.NoOptDefVal == "" && end < len(args) {
			end++
		}
		if wrong := l.theirs.Parse(args[i:end]); wrong != nil && err == nil {
			err = &cli.UsageError{Err: wrong}
		}
		i = end - 1
	}
	return err
}

// isTruth reports whether text is a value of "--resume" in the authors' command lines.
func isTruth(text string) bool {
	return slices.Contains([]string{"True", "False", "true", "false"}, text)
}

// cutFlag returns the name of an argument's flag, "" if it is not a flag, and the value
// attached to it.
func cutFlag(arg string) (name, value string, hasValue bool) {
	if !strings.HasPrefix(arg, "--") {
		return "", "", false
	}
	name, value, hasValue = strings.Cut(arg[2:], "=")
	return settings.Normalize(name), value, hasValue
}

// index is the position of one of our flags in args, -1 if it is not given.
func (l *line) index(flag string) int {
	end := slices.Index(l.args, "--")
	if end < 0 {
		end = len(l.args)
	}
	return slices.IndexFunc(l.args[:end], func(arg string) bool {
		name, _, _ := cutFlag(arg)
		return name == flag
	})
}

// has reports whether one of our flags is given.
func (l *line) has(flag string) bool { return l.index(flag) >= 0 }

// value is the value of one of our flags, "" if it is not given.
func (l *line) value(flag string) string {
	i := l.index(flag)
	if i < 0 {
		return ""
	}
	if _, value, ok := cutFlag(l.args[i]); ok || i+1 == len(l.args) {
		return value
	}
	return l.args[i+1]
}

// set appends one of our flags.
func (l *line) set(flag, value string) {
	l.args = append([]string{"--" + flag + "=" + value}, l.args...)
}

// pickGPU replaces --gpus by --device: a run uses one GPU, the first.
func (l *line) pickGPU() error {
	if l.gpus == "" {
		return nil
	}
	if l.has("device") {
		return cli.Usagef("--gpus and --device are the same: give one")
	}
	list := strings.Split(l.gpus, ",")
	for _, gpu := range list {
		if n, err := strconv.Atoi(strings.TrimSpace(gpu)); err != nil || n < 0 {
			return cli.Usagef("gpus %q: expected numbers of GPUs, such as 0", l.gpus)
		}
	}
	l.set("device", "cuda:"+strings.TrimSpace(list[0]))
	return nil
}
