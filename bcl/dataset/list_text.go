package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxListLine is the longest line of a text list: sixteen times a path of 4,096 bytes,
// Linux's limit.
const maxListLine = 1 << 16

// readText reads lines "path label". The label is the last word, from 0, so that
// paths may have spaces. Empty lines, CRLF and a byte order mark are accepted.
func readText(r io.Reader, list string) (*folder, error) {
	f := &folder{origin: &origin{list: list, form: "line %d"}}
	lines := skipByteOrderMark(r)
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		if len(line) == 0 && errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			if errors.Is(err, bufio.ErrBufferFull) {
				err = fmt.Errorf("longer than %s bytes: is this a list of \"path label\"?", thousands(maxListLine))
			}
			return nil, fmt.Errorf("%s: line %d: %w", list, n, err)
		}
		if bytes.ContainsFunc(line, isBinary) {
			return nil, f.origin.errorf(n, "no text (UTF-8 or ASCII is expected)")
		}
		if err := f.addLine(strings.TrimSpace(string(line)), n); err != nil {
			return nil, err
		}
	}
	return f, f.once()
}

// isBinary reports a control character that text does not have.
func isBinary(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }

func (f *folder) addLine(line string, n int) error {
	if line == "" {
		return nil
	}
	o := f.origin
	at := strings.LastIndexAny(line, " \t")
	if at < 0 {
		return o.errorf(n, "%q, expected a path and a label", short(line))
	}
	name, word := strings.TrimSpace(line[:at]), line[at+1:]
	label, err := strconv.Atoi(word)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return o.errorf(n, "label %q is not an integer", short(word))
	case label < 0:
		return o.errorf(n, "label %d is negative", label)
	case err != nil || label >= maxListClass:
		return o.errorf(n, "label %s is not below %s, the limit for a list", short(word), thousands(maxListClass))
	}
	if err := f.add(name, n); err != nil {
		return err
	}
	f.labels = append(f.labels, label)
	return nil
}

// short truncates a quotation in an error.
func short(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
