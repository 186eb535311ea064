package ckpt

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/bcl/settings"
)

// KeyMapping replaces what a regular expression matches in a name. $1 or ${name} in the
// replacement are what the parentheses matched.
type KeyMapping struct {
	Match *regexp.Regexp
	With  string
}

// ReadKeyMapping reads a file of lines "regexp => replacement", where empty lines and
// those that start with # are skipped, or, if its name ends in .yaml or .yml, a YAML
// mapping of regular expressions to replacements. Errors name the file and the line.
func ReadKeyMapping(file string) ([]KeyMapping, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var mappings []KeyMapping
	add := func(where, match, with string) error {
		re, err := regexp.Compile(match)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", file, where, err)
		}
		mappings = append(mappings, KeyMapping{re, with})
		return nil
	}
	switch filepath.Ext(file) {
	case ".yaml", ".yml":
		var pairs yaml.MapSlice
		if err := settings.Unmarshal(text, &pairs); err != nil {
			return nil, fmt.Errorf("%s: expected lines of \"regexp: replacement\": %w", file, err)
		}
		for i, p := range pairs {
			with, ok := p.Value.(string)
			if p.Value != nil && !ok {
				return nil, fmt.Errorf("%s: entry %d: the replacement of %v is a %T, expected text", file, i+1, p.Key, p.Value)
			}
			if err := add(fmt.Sprintf("entry %d", i+1), fmt.Sprint(p.Key), with); err != nil {
				return nil, err
			}
		}
	default:
		for i, line := range strings.Split(string(text), "\n") {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			match, with, ok := strings.Cut(line, "=>")
			if !ok || strings.TrimSpace(match) == "" {
				return nil, fmt.Errorf("%s: line %d is %.60q, expected \"regexp => replacement\"", file, i+1, line)
			}
			if err := add(fmt.Sprintf("line %d", i+1), strings.TrimSpace(match), strings.TrimSpace(with)); err != nil {
				return nil, err
			}
		}
	}
	if len(mappings) == 0 {
		return nil, fmt.Errorf("%s: empty, expected lines of \"regexp => replacement\"", file)
	}
	return mappings, nil
}

// applyMap applies all mappings, one after another.
func applyMap(mappings []KeyMapping, name string) string {
	for _, r := range mappings {
		name = r.Match.ReplaceAllString(name, r.With)
	}
	return name
}
