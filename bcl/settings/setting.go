package settings

import (
	"cmp"
	"fmt"
)

// Setting is a value that a person may set, said once: flags, keys of files and
// documentation derive from it.
type Setting struct {
	Name  string // a flag's or a key's, such as "knn-k"
	Usage string
	Value any // a pointer to the value, which holds its default until it is set

	// Check returns an error that says what was expected of the value; nil: nothing is.
	Check func() error
}

// AtLeast returns a check that a value is not below a least one.
func AtLeast[T cmp.Ordered](value *T, least T) func() error {
	return func() error {
		if !(*value >= least) {
			return fmt.Errorf("%v, expected at least %v", *value, least)
		}
		return nil
	}
}

// Check returns an error that names the first setting whose check fails.
func Check(list []Setting) error {
	for _, s := range list {
		if s.Check == nil {
			continue
		}
		if err := s.Check(); err != nil {
			return fmt.Errorf("%s is %w", s.Name, err)
		}
	}
	return nil
}
