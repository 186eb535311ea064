package front

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// line is a command line of the documentation.
type line struct {
	at    string // file:line
	words []string
	named bool // in a sentence, which may name a flag without a value
}

func (l line) String() string { return l.at + ": " + strings.Join(l.words, " ") }

// program is a line's first word as a program of bcl.
var programWord = regexp.MustCompile(`^(\./|bin/)?(bcl|bcl-[a-z]+)$`)

// outputs are the first words of indented lines that are no commands, though they begin with
// the name of one: rows of tables of methods and schemes.
var outputs = map[string]bool{"bcl-i": true, "bcl-d": true, "bcl-dual": true}

// commandLines returns the command lines of a page: the indented lines that begin with a
// program, with those that continue them, without comments. Chained commands are several.
func commandLines(t *testing.T, path string) (list []line) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		s, indented := strings.CutPrefix(lines[i], "    ")
		if !indented {
			continue
		}
		at := fmt.Sprintf("%s:%d", filepath.Base(path), i+1)
		for strings.HasSuffix(s, `\`) && i+1 < len(lines) {
			i++
			s = strings.TrimSuffix(s, `\`) + " " + strings.TrimSpace(lines[i])
		}
		words := split(s)
		for start := 0; start < len(words); {
			end := start
			for end < len(words) && words[end] != "&&" && words[end] != "|" && words[end] != ">" && words[end] != ";" {
				end++
			}
			if part := words[start:end]; len(part) > 1 && programWord.MatchString(part[0]) && !outputs[part[0]] && mains[filepath.Base(part[0])] != nil {
				if filepath.Base(part[0]) == "bcl" && !known(part[1]) && !isBuiltin(part[1]) {
					break // a row of a table
				}
				list = append(list, line{at, part, false})
			}
			start = end + 1
		}
	}
	return list
}

// inline is a command within a sentence, which may go on in the next line.
var inline = regexp.MustCompile("`((?:\\./|bin/)?bcl(?:-[a-z]+)?\\s[^`]+)`")

// inlineCommands returns the commands in the sentences of a page.
func inlineCommands(t *testing.T, path string) (list []line) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range inline.FindAllSubmatchIndex(text, -1) {
		words := split(strings.ReplaceAll(string(text[at[2]:at[3]]), "\n", " "))
		if program := filepath.Base(words[0]); len(words) < 2 || mains[program] == nil || program == "bcl" && !known(words[1]) && !isBuiltin(words[1]) {
			continue
		}
		list = append(list, line{fmt.Sprintf("%s:%d", filepath.Base(path), 1+strings.Count(string(text[:at[2]]), "\n")), words, true})
	}
	return list
}

func isBuiltin(name string) bool { _, ok := builtins()[name]; return ok }

// split splits a line as a shell does, for the quotes that the pages use, and drops a comment.
func split(s string) (words []string) {
	word, quoted, some := "", rune(0), false
	end := func() {
		if some {
			words = append(words, word)
		}
		word, some = "", false
	}
	for _, r := range s {
		switch {
		case quoted != 0 && r == quoted:
			quoted = 0
		case quoted == 0 && (r == '\'' || r == '"'):
			quoted, some = r, true
		case quoted == 0 && r == '#' && !some:
			return words
		case quoted == 0 && (r == ' ' || r == '\t'):
			end()
		default:
			word, some = word+string(r), true
		}
	}
	end()
	return words
}

func pages(t *testing.T) []string {
	t.Helper()
	docs, err := filepath.Glob("../../../docs/*.md")
	if err != nil || len(docs) < 5 {
		t.Fatalf("%d pages, %v", len(docs), err)
	}
	return append(docs, "../../../README.md")
}

// Every command of README.md and docs, also within sentences, is one that its program takes:
// its flags exist and their values are of the right kinds.
func TestCommandsOfTheDocumentation(t *testing.T) {
	n, within := 0, 0
	for _, page := range pages(t) {
		sentences := inlineCommands(t, page)
		within += len(sentences)
		for _, l := range append(commandLines(t, page), sentences...) {
			n++
			name, args := filepath.Base(l.words[0]), l.words[1:]
			if name == program && known(args[0]) {
				name, args = program+"-"+args[0], args[1:]
			}
			if len(args) > 0 && args[len(args)-1] == "..." { // "--data ...": any
				args = args[:len(args)-1]
				if n := len(args); n > 0 && strings.HasPrefix(args[n-1], "--") {
					args = append(args, "X")
				}
			}
			var errs bytes.Buffer
			if code := cli.Ask(cli.ParseOnly, mains[name], args, io.Discard, &errs); code != cli.OK && !(l.named && strings.Contains(errs.String(), "flag needs an argument")) {
				t.Errorf("%v: %s", l, strings.TrimSpace(errs.String()))
			}
		}
	}
	if n < 80 || within < 20 {
		t.Errorf("%d commands were found, %d of them in sentences, expected more than 80 and 20: the pages are not read", n, within)
	}
}

// Links between the pages lead to files that exist.
func TestLinksOfTheDocumentation(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#: ]+)(#[^)]*)?\)`)
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: the link %s leads nowhere", filepath.Base(page), m[1])
			}
		}
	}
}
