package settings

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting declares one setting of a command, a flag and a key of config.yaml: what it is
// called, where its value lies, and the traits by which commands treat it.
type Setting struct {
	Name  string // of the flag and the key: batch-size
	Usage string // a line of help; the word in backquotes stands for the value
	Value any    // pointer to the value, which holds the default
	Field string // of the Go struct that has it, by which errors name it: Model.Width; "": no library has it
	Bare  string // what the flag without a value stands for; "": it needs one

	Change Change // when a run is resumed
	Why    string // it is Fixed

	Needs       string // trait of the method without which it does nothing
	IdleWith    string // setting with which it does nothing
	IdleWithout string // setting without which it does nothing

	Reserved bool // bcl-repro sets it itself: no preset may
	Place    bool // it says where and how fast a run runs, not what it computes
}

// Change says whether a setting may change when a run is resumed.
type Change int

// The changes that are allowed.
const (
	IfAllowed   Change = iota // if --allow-change names it
	Free                      // always: it changes no result
	FreeImages                // if the images, which are compared, are the same
	Fixed                     // never
	FixedWithin               // between epochs, if --allow-change names it
)

// Table declares the settings of a command in the order of its help.
type Table []Setting

// Lookup returns the setting with a name; nil if there is none.
func (t Table) Lookup(name string) *Setting {
	return t.first(func(s Setting) bool { return s.Name == name })
}

// ByField returns the setting that a Go field has; nil if there is none.
func (t Table) ByField(field string) *Setting {
	return t.first(func(s Setting) bool { return s.Field != "" && s.Field == field })
}

func (t Table) first(is func(Setting) bool) *Setting {
	for i := range t {
		if is(t[i]) {
			return &t[i]
		}
	}
	return nil
}

// Names lists the settings with a trait.
func (t Table) Names(has func(Setting) bool) (names []string) {
	for _, s := range t {
		if has(s) {
			names = append(names, s.Name)
		}
	}
	return names
}

// Bind sets the Value of each setting: the pointer that values has by its name, or else
// the address of its Field in the first of structs, which are pointers to some, that has
// it. A type that is a string counts as a string. It panics where there is neither, which
// is a bug.
func (t Table) Bind(values map[string]any, structs ...any) {
	for i, s := range t {
		if t[i].Value = values[s.Name]; t[i].Value != nil {
			continue
		}
		for _, from := range structs {
			if v := field(reflect.ValueOf(from), s.Field); v.Kind() == reflect.String {
				t[i].Value = v.Addr().Convert(reflect.TypeFor[*string]()).Interface()
			} else if v.IsValid() {
				t[i].Value = v.Addr().Interface()
			}
		}
		if t[i].Value == nil {
			panic(fmt.Sprintf("settings: --%s has no value, and no struct has a field %q", s.Name, s.Field))
		}
	}
}

// field returns a field of a struct or of one within it; the zero Value if there is none.
func field(v reflect.Value, path string) reflect.Value {
	for _, name := range strings.Split(path, ".") {
		for v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return reflect.Value{}
		}
		v = v.FieldByName(name)
	}
	return v
}
