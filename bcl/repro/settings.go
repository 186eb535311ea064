package repro

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/training"
)

// Setting is a flag of bcl-train or bcl-eval.
type Setting struct{ Name, Value string }

// Settings are flags in order, each name once.
type Settings []Setting

// What bcl-repro itself sets, and where a run happens to be done: neither belongs in
// a preset.
var (
	trainReserved = slices.Concat(table.Names(func(s settings.Setting) bool { return s.Reserved }), training.AuthorsFlags(), []string{"help", "version"})
	evalReserved  = []string{"config", "help", "version", "data", "train-split", "probe-list", "test-list", "shots", "shot-lists", "splits", "json", "device", "seed",
		"checkpoint", "data-folder", "test-fullshot", "test-100shot", "test-50shot", "gpus"}
)

// place are the settings of a run that say where and how fast it runs, not what it
// computes.
var place = table.Names(func(s settings.Setting) bool { return s.Place })

// table has the settings of bcl-train.
var table = training.Table(training.Choices{})

// methods are those of bcl-train.
var methods = []string{"simclr", "bcl-i", "sdclr", "bcl-d", "bcl-i-constant", "bcl-i-shuffled", "bcl-d-constant", "bcl-d-shuffled"}

// Methods lists the methods of bcl-train that a preset may name.
func Methods() []string { return slices.Clone(methods) }

func checkMethod(name string) error {
	if slices.Contains(methods, name) {
		return nil
	}
	return fmt.Errorf("%q is not one of %s", name, strings.Join(methods, ", "))
}

func checkSettings(m yaml.MapSlice, reserved []string) error {
	seen := make(map[string]bool)
	for _, item := range m {
		key, ok := flagText(item.Key)
		if !ok {
			return fmt.Errorf("a name is a %T, expected a word", item.Key)
		}
		name := settings.Normalize(key)
		if slices.Contains(reserved, name) {
			return fmt.Errorf("%s: bcl-repro sets this itself", key)
		}
		if seen[name] {
			return fmt.Errorf("%s: is there twice", key)
		}
		seen[name] = true
		if _, ok := flagText(item.Value); !ok {
			return fmt.Errorf("%s: is a %T, expected a word, a number, or a list of them", key, item.Value)
		}
	}
	return nil
}

// flagText is a value of a preset as a flag takes it: a list with commas. It is false
// for what is neither word, number nor list of them.
func flagText(value any) (string, bool) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	words := make([]string, len(list))
	for i, item := range list {
		if !settings.IsScalar(item) {
			return "", false
		}
		words[i] = fmt.Sprint(item)
	}
	return strings.Join(words, ","), true
}

// settings puts layers of settings on each other; later ones win.
func layered(layers ...yaml.MapSlice) Settings {
	var s Settings
	for _, layer := range layers {
		for _, item := range layer {
			text, _ := flagText(item.Value) // checked when it was read
			s = s.With(fmt.Sprint(item.Key), text)
		}
	}
	return s
}

// With returns s with name set to value.
func (s Settings) With(name, value string) Settings {
	name = settings.Normalize(name)
	s = slices.Clone(s)
	if i := s.index(name); i >= 0 {
		s[i].Value = value
		return s
	}
	return append(s, Setting{name, value})
}

// Get returns the value of a setting; "" if it is not there.
func (s Settings) Get(name string) string {
	if i := s.index(name); i >= 0 {
		return s[i].Value
	}
	return ""
}

func (s Settings) index(name string) int {
	return slices.IndexFunc(s, func(x Setting) bool { return x.Name == name })
}

// Args returns s as arguments of a command.
func (s Settings) Args() []string {
	var args []string
	for _, x := range s {
		args = append(args, "--"+x.Name+"="+x.Value)
	}
	return args
}

// differences lists where want is not what have says, a line each. Settings of the
// place do not count; nor, unless all, do settings that only one of them has.
func differences(have, want Settings, all bool) []string {
	var lines []string
	for _, w := range want {
		if slices.Contains(place, w.Name) {
			continue
		}
		i := have.index(w.Name)
		switch {
		case i < 0 && all:
			lines = append(lines, fmt.Sprintf("%s: not set there, the plan says %s", w.Name, w.Value))
		case i >= 0 && !same(have[i].Value, w.Value):
			lines = append(lines, fmt.Sprintf("%s: %s there, the plan says %s", w.Name, have[i].Value, w.Value))
		}
	}
	for _, h := range have {
		if all && want.index(h.Name) < 0 && !slices.Contains(place, h.Name) {
			lines = append(lines, fmt.Sprintf("%s: %s there, the plan does not set it", h.Name, h.Value))
		}
	}
	return lines
}

// same compares values as numbers if they are numbers.
func same(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && x == y
}

// parseSettings reads a config.yaml of bcl-train.
func parseSettings(text []byte) (Settings, error) {
	var m yaml.MapSlice
	if err := settings.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("expected lines of name: value: %w", err)
	}
	return layered(m), nil
}

// MarshalJSON writes the settings as an object.
func (s Settings) MarshalJSON() ([]byte, error) {
	m := make(map[string]string, len(s))
	for _, x := range s {
		m[x.Name] = x.Value
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads what MarshalJSON wrote; the order is by name.
func (s *Settings) UnmarshalJSON(text []byte) error {
	var m map[string]string
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	*s = nil
	for name, value := range m {
		*s = s.With(name, value)
	}
	slices.SortFunc(*s, func(a, b Setting) int { return strings.Compare(a.Name, b.Name) })
	return nil
}
