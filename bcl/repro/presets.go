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

// nearest returns the name that takes the fewest changes of letters, if they are few;
// what is missing at the end counts as one. Of two, the one that begins alike for longer.
func nearest(name string, names []string) string {
	best, least := "", 1+max(2, len(name)/3)
	for _, n := range names {
		d := distance(name, n)
		if strings.HasPrefix(n, name) {
			d = min(d, 1)
		}
		if d < least || d == least && best != "" && alike(name, n) > alike(name, best) {
			best, least = n, d
		}
	}
	return best
}

// alike is how many letters a and b begin with together.
func alike(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
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
