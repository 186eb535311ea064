// Package safeyaml reads YAML that people wrote. The library panics on some texts
// that are none, which no file that is given to a command may do.
package safeyaml

import (
	"errors"

	"github.com/goccy/go-yaml"
)

// Unmarshal is [yaml.UnmarshalWithOptions]; what makes that panic is an error.
func Unmarshal(text []byte, v any, options ...yaml.DecodeOption) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("not YAML")
		}
	}()
	return yaml.UnmarshalWithOptions(text, v, options...)
}
