package front

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/bclckpt"
	"github.com/bcl-go/bcl/cmd/internal/bcldata"
	"github.com/bcl-go/bcl/cmd/internal/bcleval"
	"github.com/bcl-go/bcl/cmd/internal/bclreport"
	"github.com/bcl-go/bcl/cmd/internal/bclrepro"
	"github.com/bcl-go/bcl/cmd/internal/bclsearch"
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// mains are the programs; one more is a line here.
var mains = map[string]cli.Main{
	"bcl":        Main,
	"bcl-train":  bcltrain.Main,
	"bcl-eval":   bcleval.Main,
	"bcl-report": bclreport.Main,
	"bcl-data":   bcldata.Main,
	"bcl-ckpt":   bclckpt.Main,
	"bcl-repro":  bclrepro.Main,
	"bcl-search": bclsearch.Main,
}

// The table lists the programs that there are.
func TestAllProgramsAreListed(t *testing.T) {
	dirs, err := filepath.Glob("../../bcl-*")
	if err != nil || len(dirs) == 0 {
		t.Fatal(err)
	}
	var listed []string
	for _, c := range Commands {
		listed = append(listed, c.Program())
		if mains[c.Program()] == nil {
			t.Errorf("%s is not among the mains of this test", c.Program())
		}
	}
	for _, dir := range dirs {
		if !slices.Contains(listed, filepath.Base(dir)) {
			t.Errorf("cmd/%s is not among the commands of bcl (commands.go)", filepath.Base(dir))
		}
	}
	if len(listed) != len(dirs) {
		t.Errorf("%v are listed, and the folders are %v", listed, dirs)
	}
}

func answerOf(t *testing.T, program string, q cli.Question, words ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Ask(q, mains[program], words, &out, &errs); code != cli.OK {
		t.Fatalf("%s %s %q: code %d: %s", program, q, words, code, errs.String())
	}
	return out.String()
}

// subCommands lists those of a program, and "" if it also works without one: of the words that
// completion begins with, those that have a help of their own.
func subCommands(t *testing.T, program string) (names []string) {
	if program == "bcl" {
		return strings.FieldsFunc(strings.Replace(builtinNames, " and ", ", ", 1), func(r rune) bool { return r == ',' || r == ' ' })
	}
	help := func(words ...string) string {
		var out bytes.Buffer
		if code := mains[program](append(words, "--help"), &out, io.Discard); code != cli.OK {
			t.Fatalf("%s %s --help: code %d", program, words, code)
		}
		return out.String()
	}
	words := strings.Fields(answerOf(t, program, cli.Complete, ""))
	last := len(words) - 1
	if words[last] != ":none" {
		names = append(names, "")
	}
	for _, word := range words[:last] {
		if help(word) != help() {
			names = append(names, word)
		}
	}
	return names
}

// sectionOf is the part of a program's manual page that is about a sub-command.
func sectionOf(page, program, sub string) string {
	_, text, _ := strings.Cut(page, ".SH "+strings.ReplaceAll(strings.ToUpper(program+" "+sub), "-", `\-`)+"\n")
	section, _, _ := strings.Cut(text, ".SH ")
	return section
}

// manyOf is how many sub-commands, with "", programs have at least.
var manyOf = map[string]int{"bcl": 5, "bcl-eval": 4, "bcl-data": 5, "bcl-ckpt": 7, "bcl-search": 6, "bcl-train": 1, "bcl-report": 1, "bcl-repro": 1}

var flagLine = regexp.MustCompile(`(?m)^  (?:-\w, )?(--[a-z0-9-]+)`)

// Completion and manual pages have all flags of the help, and no others.
func TestCompletionAndManPagesHaveAllFlags(t *testing.T) {
	for program, main := range mains {
		page := answerOf(t, program, cli.Man, "does something")
		if groff, err := exec.LookPath("groff"); err == nil {
			c := exec.Command(groff, "-man", "-Tascii", "-ww", "-z")
			c.Stdin = strings.NewReader(page)
			if said, err := c.CombinedOutput(); err != nil || len(said) > 0 {
				t.Errorf("%s: groff: %v %s", program, err, said)
			}
		}
		subs := subCommands(t, program)
		if want := manyOf[program]; len(subs) < want {
			t.Errorf("%s: sub-commands %q, expected %d or more", program, subs, want)
		}
		for _, sub := range subs {
			before, page := strings.Fields(sub), page
			if sub != "" {
				page = sectionOf(page, program, sub)
			}
			var help bytes.Buffer
			if code := main(append(before, "--help-all"), &help, io.Discard); code != cli.OK {
				t.Fatalf("%s %s --help-all: code %d", program, sub, code)
			}
			var flags []string
			for _, m := range flagLine.FindAllStringSubmatch(help.String(), -1) {
				flags = append(flags, m[1])
				if !strings.Contains(page, `\-\-`+strings.ReplaceAll(m[1][2:], "-", `\-`)) {
					t.Errorf("%s %s: %s is not in the manual page", program, sub, m[1])
				}
			}
			var offered []string
			for line := range strings.Lines(answerOf(t, program, cli.Complete, append(before, "--")...)) {
				if name, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); name != ":none" {
					offered = append(offered, name)
				}
			}
			slices.Sort(flags)
			slices.Sort(offered)
			if len(flags) == 0 || !slices.Equal(flags, offered) {
				t.Errorf("%s %s: --help-all has %q, completion %q", program, sub, flags, offered)
			}
		}
	}
}

// The scripts are for their shells, and bash completes with what a program says.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash")
	}
	for _, shell := range shells {
		if text, ok := script(shell); !ok || !strings.Contains(text, "bcl bcl-train ") || strings.Contains(text, "%!") {
			t.Errorf("%s: %s", shell, text)
		}
	}
	dir := t.TempDir()
	text, _ := script("bash")
	files := map[string]string{
		"script":    text,
		"bcl-train": "#!/bin/sh\nfor w; do last=$w; done\ncase $last in --*) printf -- '--method\\twhich\\n--min\\t\\n:none\\n';; a) printf 'a b\\n:file\\n';; *) printf ':dir\\n';; esac\n",
		"ask":       "cd \"$1\"; . ./script; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($#-1)); _bcl; printf '%s|' \"${COMPREPLY[@]}\"\n",
		"a file":    "",
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for words, want := range map[string]string{"x --m": "--method|--min|", "a": "a file|ask|a b|", "x fo": "folder|", "--data =": "folder|"} {
		out, err := exec.Command(bash, append([]string{filepath.Join(dir, "ask"), dir, "./bcl-train"}, strings.Fields(words)...)...).CombinedOutput()
		got, wanted := strings.Split(string(out), "|"), strings.Split(want, "|")
		slices.Sort(got)
		slices.Sort(wanted)
		if err != nil || !slices.Equal(got, wanted) {
			t.Errorf("%q: %s, want %s, error %v", words, out, want, err)
		}
	}
}

// bcl finds the programs beside itself and says what there is.
func TestFront(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, cli.Usage, "Usage: bcl COMMAND"},
		{[]string{"--help"}, cli.OK, "  train       train a network"},
		{[]string{"help", "man"}, cli.OK, "Usage: bcl man DIR"},
		{[]string{"completion", "tcsh"}, cli.Usage, `shell "tcsh", expected bash, zsh or fish`},
		{[]string{"man"}, cli.Usage, "expected one: a folder"},
		{[]string{"../bcl-train"}, cli.Usage, "unknown command"},
		{[]string{"train"}, cli.Failure, "bcl-train is not beside"}, // of the test
		{[]string{"--version"}, cli.OK, "bcl 0."},
	} {
		t.Setenv("PATH", "")
		var out bytes.Buffer
		if code := Main(c.args, &out, &out); code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%q: code %d, want %d, and %q in %s", c.args, code, c.code, c.want, out.String())
		}
	}
}
