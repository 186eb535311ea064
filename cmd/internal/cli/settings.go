package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/field"
)

// AddSettings declares the flags of settings; their current values are the defaults.
func AddSettings(f *pflag.FlagSet, table []settings.Setting) {
	for _, s := range table {
		switch v := s.Value.(type) {
		case *bool:
			f.BoolVar(v, s.Name, *v, s.Usage)
		case *int:
			f.IntVar(v, s.Name, *v, s.Usage)
		case *uint64:
			f.Uint64Var(v, s.Name, *v, s.Usage)
		case *float64:
			f.Float64Var(v, s.Name, *v, s.Usage)
		case *string:
			f.StringVar(v, s.Name, *v, s.Usage)
		case *[]string:
			f.StringSliceVar(v, s.Name, *v, s.Usage)
		default:
			panic(fmt.Sprintf("cli: --%s has a %T", s.Name, v))
		}
		if s.Bare != "" {
			f.Lookup(s.Name).NoOptDefVal = s.Bare
		}
		Values(f, s.Name, s.Values...)
		Examples(f, s.Name, s.Examples...)
	}
}

// FieldUsage turns a library's error about settings into a [*UsageError], nil into nil. A
// field that it names is replaced by the flag of table that it belongs to.
func FieldUsage(table settings.Table, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*field.Error](err); ok {
		if s := table.First(func(s settings.Setting) bool { return s.Field == e.Field || s.Name == e.Field }); s != nil {
			return Usagef("--%s is %v, expected %s", s.Name, e.Value, e.Expected)
		}
	}
	return &UsageError{err}
}
