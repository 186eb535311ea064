package settings

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
)

// Limits that no file of settings comes near.
const (
	maxSize  = 1 << 20 // bytes
	maxDepth = 100     // nested lists and mappings
)

// Unmarshal is [yaml.UnmarshalWithOptions] for untrusted text. The library panics on some
// texts that are not YAML, and takes minutes and gigabytes for deeply nested ones; both,
// and too large texts, are errors here.
func Unmarshal(text []byte, v any, options ...yaml.DecodeOption) (err error) {
	if len(text) > maxSize {
		return fmt.Errorf("%d bytes, expected at most %d", len(text), maxSize)
	}
	if tooDeep(text) {
		return fmt.Errorf("lists and mappings are nested deeper than %d", maxDepth)
	}
	defer func() {
		if recover() != nil {
			err = errors.New("not YAML")
		}
	}()
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // a byte order mark, as Windows' editors write
	return yaml.UnmarshalWithOptions(text, v, options...)
}

// IsScalar reports whether a value is a string or a number. Other values must not be
// printed in messages either: a few aliases of aliases expand to megabytes.
func IsScalar(value any) bool {
	switch value.(type) {
	case string, bool, int, int64, uint64, float64:
		return true
	}
	return false
}

// tooDeep counts brackets, and the marks at the start of a line. (Depth by indentation
// alone exceeds the size limit.)
func tooDeep(text []byte) bool {
	depth := 0
	for line := range bytes.Lines(text) {
		marks := 0
		for _, word := range bytes.Fields(line) {
			if len(word) != 1 || word[0] != '-' && word[0] != '?' {
				break
			}
			marks++
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(0, depth-1)
			}
			if depth+marks > maxDepth {
				return true
			}
		}
	}
	return false
}
