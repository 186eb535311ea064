package cli

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings"
)

// AddSettings declares the flags of settings, whose defaults are their values now.
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
		case *[]float32:
			f.Float32SliceVar(v, s.Name, *v, s.Usage)
		default:
			panic(fmt.Sprintf("cli: --%s has a %T", s.Name, v))
		}
		if s.Bare != "" {
			f.Lookup(s.Name).NoOptDefVal = s.Bare
		}
	}
}
