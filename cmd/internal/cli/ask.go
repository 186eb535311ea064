package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/pflag"
)

// Question is what another program asks a command about itself, as its first argument: the
// front door, a shell's completion, a test. The command answers from its flags and does
// nothing else.
type Question string

// The questions, with the arguments that follow them.
const (
	Complete  Question = "__complete" // WORDS...: what the last of them may become
	Man       Question = "__man"      // SUMMARY: the manual page
	Schema    Question = "__schema"   // the JSON Schema of --config files
	ParseOnly Question = "__parse"    // ARGS...: whether they are right
	Machine   Question = "__machine"  // what the program can compute with
)

// Main is a program or a sub-command: it runs with the arguments after its name, and returns
// the exit code.
type Main = func(args []string, stdout, stderr io.Writer) int

// Describe answers [Machine]. The mains of the commands that link libtorch set it.
var Describe func(io.Writer) error

// asked is the question that this process answers, if any, and what follows it.
var asked struct {
	Question
	words []string
}

// Ask lets a command's main answer a question.
func Ask(q Question, main Main, words []string, stdout, stderr io.Writer) int {
	asked.Question, asked.words = q, words
	defer func() { asked.Question, asked.words = "", nil }()
	if q != Complete && q != ParseOnly {
		words = nil
	}
	return main(words, stdout, stderr)
}

// questionOf returns the question that a command line is; "" if it is none.
func questionOf(args []string) Question {
	if len(args) > 0 && slices.Contains([]Question{Complete, Man, Schema, ParseOnly, Machine}, Question(args[0])) {
		return Question(args[0])
	}
	return ""
}

// answer answers all questions but ParseOnly from the flags of a command.
func answer(fs *pflag.FlagSet, usage string, stdout io.Writer) error {
	var err error
	switch asked.Question {
	case Complete:
		complete(stdout, fs, asked.words)
	case Man:
		writeMan(stdout, fs, usage)
	case Schema:
		err = writeSchema(stdout, fs)
	case Machine:
		if Describe == nil {
			return Usagef("this command does not compute with libtorch")
		}
		err = Describe(stdout)
	}
	if err != nil {
		return err
	}
	return ErrHelp
}

// answerChoice answers for a command with sub-commands: choose says that the question is
// one for the sub-command that args begin with.
func answerChoice[C any](program, usage string, names []string, commands map[string]C, help func(string, C) int, args []string, stdout io.Writer) (code int, choose bool) {
	switch asked.Question {
	case Complete:
		if len(args) < 2 {
			offer(stdout, "", names, lastOf(args))
			fmt.Fprintln(stdout, ":none")
			return OK, false
		}
		if _, ok := commands[args[0]]; !ok {
			fmt.Fprintln(stdout, ":none")
			return OK, false
		}
		asked.words = args[1:]
	case Man:
		manHead(stdout, program, usage)
		for _, name := range names {
			code = max(code, help(name, commands[name]))
		}
		return code, false
	case Schema:
		fmt.Fprintln(stdout, "{}") // no --config
		return OK, false
	}
	return OK, true
}

// Branch runs the sub-command that args begin with, with the arguments after its name, and
// without one the program's own work. Completion offers both, and the manual page has a
// section for each sub-command. [Choose] is for programs that do nothing without one.
func Branch(own Main, commands map[string]Main, args []string, stdout, stderr io.Writer) (code int) {
	names := slices.Sorted(maps.Keys(commands))
	switch asked.Question {
	case Complete:
		if len(args) < 2 {
			offer(stdout, "", names, lastOf(args))
			return own(args, stdout, stderr)
		}
		if commands[args[0]] != nil {
			asked.words = args[1:]
		}
	case Man:
		code = own(args, stdout, stderr)
		for _, name := range names {
			code = max(code, commands[name](nil, stdout, stderr))
		}
		return code
	}
	if len(args) > 0 {
		if command := commands[args[0]]; command != nil {
			return command(args[1:], stdout, stderr)
		}
	}
	return own(args, stdout, stderr)
}

// Asked returns the question that this process answers; "" if none.
func Asked() Question { return asked.Question }
