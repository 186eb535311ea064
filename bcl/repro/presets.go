package repro

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed presets/*.yaml
var presets embed.FS

// Names lists the presets that are part of the program.
func Names() []string {
	entries, err := presets.ReadDir("presets")
	if err != nil {
		panic(err) // the files are part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// UnknownError is the name of a preset that there is not.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	msg := fmt.Sprintf("unknown preset %q; the presets are %s, or FILE.yaml", e.Name, strings.Join(Names(), ", "))
	if near := nearest(e.Name, Names()); near != "" {
		msg += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return msg
}

// Open returns the preset of a name, or reads the file if name ends in .yaml or .yml.
func Open(name string) (*Preset, error) {
	if ext := path.Ext(name); ext == ".yaml" || ext == ".yml" {
		return ReadFile(name)
	}
	file := "presets/" + name + ".yaml"
	text, err := presets.ReadFile(file)
	if err != nil {
		return nil, &UnknownError{name}
	}
	return Parse(text, file)
}

// nearest returns the name that takes the fewest changes of letters, if they are few.
func nearest(name string, names []string) string {
	best, least := "", 1+max(2, len(name)/3)
	for _, n := range names {
		if d := distance(name, n); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
