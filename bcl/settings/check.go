package settings

import (
	"cmp"
	"fmt"
)

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

// AtLeast returns a check that a value is not below a minimum.
func AtLeast[T cmp.Ordered](value *T, least T) func() error {
	return func() error {
		if !(*value >= least) {
			return fmt.Errorf("%v, expected at least %v", *value, least)
		}
		return nil
	}
}
