package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/version"
)

// roff escapes what troff would take for its own.
var roff = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, "\"", `\(dq`)

// roffLine escapes a line, whose first character could make it a request.
func roffLine(s string) string {
	if s = roff.Replace(s); strings.HasPrefix(s, ".") {
		return `\&` + s
	}
	return s
}

// manHead writes the beginning of the manual page of a program, in man(7): its name with the
// summary that was asked with, and what it does.
func manHead(w io.Writer, program, usage string) {
	fmt.Fprintf(w, ".TH %s 1 %s \"bcl %s\" \"bcl\"\n.SH NAME\n%s \\- %s\n.SH SYNOPSIS\n", strings.ToUpper(roff.Replace(program)), version.Date, version.Number, roff.Replace(program), roff.Replace(lastOf(asked.words)))
	synopsis, text, _ := strings.Cut(strings.TrimSpace(usage), "\n\n")
	manText(w, strings.ReplaceAll(strings.TrimPrefix(synopsis, "Usage: "), "\n       ", "\n"), true)
	fmt.Fprintln(w, ".SH DESCRIPTION")
	for i, p := range strings.Split(text, "\n\n") {
		if i > 0 {
			fmt.Fprintln(w, ".PP")
		}
		manText(w, p, strings.Contains(p, "\n ") || strings.HasPrefix(p, " "))
	}
}

// manText writes a paragraph, or lines as they are.
func manText(w io.Writer, text string, asIs bool) {
	if asIs {
		fmt.Fprintln(w, ".nf")
	}
	for line := range strings.Lines(text) {
		fmt.Fprintln(w, roffLine(strings.TrimRight(line, "\n")))
	}
	if asIs {
		fmt.Fprintln(w, ".fi")
	}
}

// writeMan writes the manual page of a command, or the section of a sub-command ("bcl-data
// split") in that of its program.
func writeMan(w io.Writer, fs *pflag.FlagSet, usage string) {
	heading, title := ".SH ", "OPTIONS"
	if strings.Contains(fs.Name(), " ") {
		fmt.Fprintf(w, ".SH %s\n", strings.ToUpper(roff.Replace(fs.Name())))
		for i, p := range strings.Split(strings.TrimSpace(usage), "\n\n") {
			if i > 0 {
				fmt.Fprintln(w, ".PP")
			}
			manText(w, p, strings.Contains(p, "\n ") || strings.HasPrefix(p, "Usage:"))
		}
		heading, title = ".SS ", "Options"
	} else {
		manHead(w, fs.Name(), usage)
	}
	fmt.Fprintln(w, heading+title)
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		if s, ok := f.Annotations[sectionKey]; ok {
			fmt.Fprintf(w, ".SS %s\n", roff.Replace(s[0]))
		}
		head, usage := flagHead(f)
		fmt.Fprintf(w, ".TP\n.B %s\n%s\n", roff.Replace(head), roffLine(usage))
	})
}
