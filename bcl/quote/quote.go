package quote

import (
	"io/fs"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Name returns name, in Go's quotes if it is no UTF-8 or has what does not print: control
// characters, such as those of new lines and terminals, and marks that turn the direction
// of the text around it.
func Name(name string) string {
	if utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return name
	}
	return strconv.Quote(name)
}

// Names returns Name of each.
func Names(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = Name(name)
	}
	return out
}

// Error returns err with the [Name] of its path if it is an error of a file.
func Error(err error) error {
	if e, ok := err.(*fs.PathError); ok {
		return &fs.PathError{Op: e.Op, Path: Name(e.Path), Err: e.Err}
	}
	return err
}
