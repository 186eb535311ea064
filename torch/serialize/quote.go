package serialize

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Quote returns a name from a file as a message or a table may print it: as it is, or
// in quotes with escapes if it has spaces, quotes or characters that do not print
// (newlines, terminal codes, marks that change the direction), with which a file could
// write lines of its own.
func Quote(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool {
		return r == ' ' || r == '"' || r == utf8.RuneError || !strconv.IsPrint(r)
	}) {
		return strconv.Quote(name)
	}
	return name
}
