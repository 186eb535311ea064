package quote

import (
	"strconv"
	"strings"
)

// Text returns a message in which each of some names that is there raw, such as arguments of
// a command line, is quoted as by [Name], and all else that does not print is escaped, but
// new lines and tabs, which messages have on purpose.
func Text(message string, names ...string) string {
	for _, n := range names {
		if quoted := Name(n); quoted != n {
			message = strings.ReplaceAll(message, n, quoted)
		}
	}
	var b strings.Builder
	for _, r := range message {
		if r == '\n' || r == '\t' || strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
