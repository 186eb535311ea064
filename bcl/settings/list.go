package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Entry is the name of a setting, as [Normalize] writes it, and its value as text; lists
// have commas, as in flags.
type Entry struct{ Name, Value string }

// List is entries in order, each name once.
type List []Entry

// Parse reads a config.yaml: lines of name: value.
func Parse(text []byte) (List, error) {
	var m yaml.MapSlice
	if err := Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("expected lines of name: value: %w", err)
	}
	return Layers(m), nil
}

// Layers merges layers of settings; later ones override earlier ones. Values that
// [CheckLayer] rejects become "".
func Layers(layers ...yaml.MapSlice) List {
	var l List
	for _, layer := range layers {
		for _, item := range layer {
			value, _ := text(item.Value)
			l = l.With(fmt.Sprint(item.Key), value)
		}
	}
	return l
}

// CheckLayer returns an error that names the first setting of a layer that cannot be
// used: one that is repeated, or whose value is not a string, a number or a list of them.
func CheckLayer(layer yaml.MapSlice) error {
	seen := make(map[string]bool)
	for _, item := range layer {
		key, ok := text(item.Key)
		if !ok {
			return fmt.Errorf("a name is a %T, expected a string", item.Key)
		}
		if seen[Normalize(key)] {
			return fmt.Errorf("%s: is repeated", key)
		}
		seen[Normalize(key)] = true
		if _, ok := text(item.Value); !ok {
			return fmt.Errorf("%s: is a %T, expected a string, a number, or a list of them", key, item.Value)
		}
	}
	return nil
}

// text is a value as in a flag; false if it is not a string, a number or a list of them.
func text(value any) (string, bool) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	words := make([]string, len(list))
	for i, item := range list {
		if !IsScalar(item) {
			return "", false
		}
		words[i] = fmt.Sprint(item)
	}
	return strings.Join(words, ","), true
}

// With returns l with name set to value, at its position or at the end.
func (l List) With(name, value string) List {
	name = Normalize(name)
	l = slices.Clone(l)
	if i := l.index(name); i >= 0 {
		l[i].Value = value
		return l
	}
	return append(l, Entry{name, value})
}

// Without returns l without some names.
func (l List) Without(names ...string) List {
	return slices.DeleteFunc(slices.Clone(l), func(s Entry) bool { return slices.Contains(names, s.Name) })
}

// Get returns the value of a setting; "" if it is not set.
func (l List) Get(name string) string {
	if i := l.index(name); i >= 0 {
		return l[i].Value
	}
	return ""
}

func (l List) index(name string) int {
	return slices.IndexFunc(l, func(s Entry) bool { return s.Name == name })
}

// Args returns l as arguments of a command: --name=value.
func (l List) Args() []string {
	var args []string
	for _, s := range l {
		args = append(args, "--"+s.Name+"="+s.Value)
	}
	return args
}

// MarshalJSON writes the settings as an object.
func (l List) MarshalJSON() ([]byte, error) {
	m := make(map[string]string, len(l))
	for _, s := range l {
		m[s.Name] = s.Value
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads what MarshalJSON wrote; the order is by name.
func (l *List) UnmarshalJSON(text []byte) error {
	var m map[string]string
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	*l = nil
	for name, value := range m {
		*l = l.With(name, value)
	}
	slices.SortFunc(*l, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return nil
}
