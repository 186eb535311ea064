package field

import "fmt"

// Error is a setting that cannot be used.
type Error struct {
	Field    string // Batch; with the fields of the enclosing structs: Model.Width
	Value    any
	Expected string // at least 2: a sample needs others to contrast with
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s is %v, expected %s", e.Field, e.Value, e.Expected)
}

// Expect returns an [*Error] unless ok.
func Expect(ok bool, field string, value any, expected string) error {
	if ok {
		return nil
	}
	return &Error{field, value, expected}
}

// Within returns an [*Error] unless value is least to most.
func Within(field string, value, least, most float64) error {
	return Expect(value >= least && value <= most, field, value, fmt.Sprintf("%v to %v", least, most))
}

// In returns err with the name of the enclosing struct before the field of an [*Error]:
// Share is Prune.Share in Prune.
func In(outer string, err error) error {
	if e, ok := err.(*Error); ok {
		return &Error{outer + "." + e.Field, e.Value, e.Expected}
	}
	return err
}
