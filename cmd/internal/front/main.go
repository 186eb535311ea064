// Package front is the command bcl: one door to all commands, as git's is. "bcl train" is
// bcl-train, which it finds beside itself and becomes. It does not link libtorch, so that
// help, completion and the doctor work at once, and also where libtorch cannot be loaded.
package front

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/doctor"
)

const program = "bcl"

// usage lists the commands.
func usage() string {
	var b strings.Builder
	b.WriteString(`Usage: bcl COMMAND ...

Boosted Contrastive Learning for long-tailed data. "bcl train" is bcl-train, and so on:
both names stay.

Commands:
`)
	for _, c := range Commands {
		fmt.Fprintf(&b, "  %-11s %s\n", c.Name, c.Summary)
	}
	b.WriteString(`
Help:
  doctor      check this machine and installation, and say what to do
  completion  print what makes a shell complete commands, flags and values
  man         write the manual pages
  schema      print the JSON Schema of config.yaml, for editors
  licences    print the licences of what the commands hold of others

"bcl COMMAND --help" explains a command, "bcl COMMAND --help-all" all of its flags.
`)
	return b.String()
}

// builtin is a command of this program.
type builtin struct {
	usage string
	words []string               // its arguments, if they are words
	flags func(f *pflag.FlagSet) // nil: none
	run   func(f *pflag.FlagSet, stdout, stderr io.Writer) error
}

func builtins() map[string]builtin { // a variable would refer to itself
	return map[string]builtin{
		"doctor":     {doctor.Usage, nil, doctor.Flags, runDoctor},
		"completion": {completionUsage, shells, nil, completion},
		"man":        {manUsage, nil, nil, man},
		"schema":     {schemaUsage, nil, nil, schema},
		"licences":   {licencesUsage, nil, nil, licences},
	}
}

const builtinNames = "doctor, completion, man, schema and licences"

// Main runs bcl with the arguments after the program's name and returns its exit code, unless
// it becomes another program.
func Main(args []string, stdout, stderr io.Writer) int {
	if len(args) == 2 && args[0] == "help" {
		args = []string{args[1], "--help"}
	}
	if len(args) > 0 {
		if path := find(args[0]); path != "" && (cli.Asked() != cli.Complete || len(args) > 1) {
			rest := args[1:]
			if q := cli.Asked(); q != "" {
				rest = append([]string{string(q)}, rest...)
			}
			err := become(path, rest)
			return cli.Exit(program, fmt.Errorf("%s: %w", path, err), stderr)
		}
		if _, own := builtins()[args[0]]; !own && known(args[0]) {
			return cli.Exit(program, fmt.Errorf("%s-%s is not beside %s nor on the PATH: make build makes it", program, args[0], self()), stderr)
		}
	}
	if cli.Asked() == cli.Complete && len(args) < 2 {
		typed := ""
		if len(args) == 1 {
			typed = args[0]
		}
		cli.Offer(stdout, words(), typed)
		return cli.OK
	}
	do := func(name string, b builtin, args ...string) int {
		f := cli.NewFlags(program + " " + name)
		if b.flags != nil {
			b.flags(f)
		}
		f.BoolP("help", "h", false, "show this help")
		cli.Arguments(f, b.words...)
		err := cli.ParseArgs(f, args, b.usage, stdout)
		if err == nil {
			err = b.run(f, stdout, stderr)
		}
		return cli.Exit(program+" "+name, err, stderr)
	}
	help := func(name string, b builtin) int { return do(name, b, "--help") }
	b, code := cli.Choose(program, usage(), builtinNames, builtins(), help, args, stdout, stderr)
	if code >= 0 {
		return code
	}
	return do(args[0], b, args[1:]...)
}

// words lists what may follow bcl, with summaries.
func words() (list []string) {
	for _, c := range Commands {
		list = append(list, c.Name+"\t"+c.Summary)
	}
	all := builtins()
	for _, name := range slices.Sorted(maps.Keys(all)) { // the same order each time
		b := all[name]
		_, text, _ := strings.Cut(b.usage, "\n\n")
		first, _, _ := strings.Cut(text, ".")
		list = append(list, name+"\t"+strings.Join(strings.Fields(first), " "))
	}
	return append(list, "help")
}

func known(name string) bool {
	for _, c := range Commands {
		if c.Name == name {
			return true
		}
	}
	return false
}

// self is the folder of this program.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return "."
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return filepath.Dir(path)
}

// find finds the program of a command: beside this one, then on the PATH; "" if there is none.
func find(name string) string {
	if _, own := builtins()[name]; own || name == "" || strings.ContainsAny(name, "/-.") {
		return ""
	}
	beside := filepath.Join(self(), program+"-"+name)
	if path, err := exec.LookPath(beside); err == nil {
		return path
	}
	path, err := exec.LookPath(program + "-" + name)
	if err != nil {
		return ""
	}
	return path
}

// become replaces this process by a program. It returns only if that fails.
func become(path string, args []string) error {
	return syscall.Exec(path, append([]string{filepath.Base(path)}, args...), os.Environ())
}

func runDoctor(f *pflag.FlagSet, stdout, _ io.Writer) error {
	var programs []string
	for _, c := range Commands {
		programs = append(programs, c.Program())
	}
	return doctor.Run(f, self(), programs, stdout)
}
