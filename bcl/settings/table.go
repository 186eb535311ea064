package settings

import (
	"reflect"
	"strings"
)

// Table declares the settings of a command in the order of its help.
type Table []Setting

// First returns the first setting of a kind, or nil.
func (t Table) First(is func(Setting) bool) *Setting {
	for i := range t {
		if is(t[i]) {
			return &t[i]
		}
	}
	return nil
}

// Lookup returns the setting with a name, or nil.
func (t Table) Lookup(name string) *Setting {
	return t.First(func(s Setting) bool { return s.Name == name })
}

// Names lists the settings of a kind.
func (t Table) Names(is func(Setting) bool) (names []string) {
	for _, s := range t {
		if is(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

// Bind sets the Value of each setting: to its pointer in values, by name, or else to the
// address of its Field, in the struct that structs has for what comes before the field's
// last dot. Types whose kind is string count as strings. It panics if neither exists,
// which is a bug.
func (t Table) Bind(structs, values map[string]any) {
	for i, s := range t {
		if t[i].Value = values[s.Name]; t[i].Value != nil {
			continue
		}
		outer, name := "", s.Field
		if dot := strings.LastIndex(name, "."); dot >= 0 {
			outer, name = name[:dot], name[dot+1:]
		}
		p := reflect.ValueOf(structs[outer]).Elem().FieldByName(name).Addr()
		if p.Elem().Kind() == reflect.String {
			p = p.Convert(reflect.TypeFor[*string]())
		}
		t[i].Value = p.Interface()
	}
}
