package repro

import (
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings"
)

//go:embed presets/*.yaml
var presets embed.FS

// Names lists the built-in presets.
func Names() []string {
	entries, err := presets.ReadDir("presets")
	if err != nil {
		panic(err) // the files are embedded
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// UnknownError is the name of an unknown preset.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	msg := fmt.Sprintf("unknown preset %q; the presets are %s, or FILE.yaml", e.Name, strings.Join(Names(), ", "))
	if near := settings.Nearest(e.Name, Names()); near != "" {
		msg += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return msg
}

// Open returns the preset with a name, or reads the file if name ends in .yaml or .yml.
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
