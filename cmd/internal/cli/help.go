package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// Section is a part of a command's help: the flags from First on.
type Section struct {
	Title, First string
	Common       string // the flags that the short help shows too
}

// Annotations of flags.
const (
	sectionKey = "section" // title of the section that begins with it
	commonKey  = "common"  // in the short help
)

// Sections divides the help of fs, which must have the flags. --help shows those that are
// common, --help-all all of them.
func Sections(fs *pflag.FlagSet, sections ...Section) {
	fs.Bool("help-all", false, "show all flags")
	must := func(name, key, value string) {
		if err := fs.SetAnnotation(name, key, []string{value}); err != nil {
			panic(err) // no such flag
		}
	}
	for _, s := range sections {
		must(s.First, sectionKey, s.Title)
		for _, name := range strings.Fields(s.Common) {
			must(name, commonKey, "")
		}
	}
}

// writeHelp writes what a command does and its flags, wrapped for the terminal.
func writeHelp(w io.Writer, fs *pflag.FlagSet, usage string, all bool) {
	columns := min(width(w), 100)
	var b strings.Builder
	for i, paragraph := range strings.Split(strings.TrimSpace(usage), "\n\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if strings.Contains(paragraph, "\n ") || strings.HasPrefix(paragraph, " ") || strings.HasPrefix(paragraph, "Usage:") {
			b.WriteString(paragraph + "\n") // commands and lists stay as they are
		} else {
			b.WriteString(Wrap(paragraph, 0, columns) + "\n")
		}
	}
	title, hidden := "Flags", 0
	whole := fs.Lookup("help-all")
	grouped := whole != nil && !whole.Hidden
	fs.VisitAll(func(f *pflag.Flag) {
		if s, ok := f.Annotations[sectionKey]; ok {
			title = s[0]
		}
		if f == whole && f.Hidden {
			return
		}
		if _, common := f.Annotations[commonKey]; f.Hidden || grouped && !all && !common && !strings.HasPrefix(f.Name, "help") {
			hidden++
			return
		}
		if title != "" {
			b.WriteString("\n" + title + ":\n")
			title = ""
		}
		b.WriteString(flagHelp(f, columns))
	})
	if hidden > 0 {
		fmt.Fprintf(&b, "\n%d more flags: %s --help-all\n", hidden, fs.Name())
	}
	io.WriteString(w, b.String())
}

// flagHead is a flag as it is written, and its usage with the default.
func flagHead(f *pflag.Flag) (head, text string) {
	value, usage := pflag.UnquoteUsage(f)
	if !strings.Contains(f.Usage, "`") { // then it is the name of a type
		value = map[string]string{aSwitch: "", aWord: "WORD", aNumber: "X", aWhole: "N", aList: "LIST"}[kind(f)]
	}
	head = "--" + f.Name
	switch {
	case f.Shorthand != "":
		head = "-" + f.Shorthand + ", --" + f.Name
	case f.NoOptDefVal != "" && value != "":
		head += "[=" + value + "]"
	case value != "":
		head += " " + value
	}
	switch d := strings.Trim(f.DefValue, "[]"); {
	case d == "", d == "0", d == "false":
	case asked.Question != "" && perMachine(f):
		usage += " (default: one a core)"
	default:
		usage += " (default " + d + ")"
	}
	return head, usage
}

// flagHelp is what the help says of a flag.
func flagHelp(f *pflag.Flag, columns int) string {
	head, usage := flagHead(f)
	head = "  " + head
	const indent = 27
	text := Wrap(usage, indent, columns)
	if n := utf8.RuneCountInString(head); n <= indent-2 {
		return head + strings.Repeat(" ", indent-n) + text + "\n"
	}
	return head + "\n" + strings.Repeat(" ", indent) + text + "\n"
}

// Kinds of values, as people call them.
const (
	aSwitch = "true or false"
	aWord   = "a word"
	aNumber = "a number"
	aWhole  = "a whole number"
	aList   = "a list"
)

// kind says what a flag takes.
func kind(f *pflag.Flag) string {
	switch t := f.Value.Type(); {
	case t == "bool":
		return aSwitch
	case t == "string":
		return aWord
	case strings.HasSuffix(t, "Slice"), strings.HasSuffix(t, "Array"):
		return aList
	case strings.HasPrefix(t, "float"):
		return aNumber
	}
	return aWhole
}

// Wrap breaks a text into lines of so many columns, the later ones indented. A word longer
// than a line stays whole.
func Wrap(text string, indent, columns int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > columns:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
