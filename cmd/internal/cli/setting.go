package cli

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings"
)

// AddSettings adds a flag for each setting, whose default is the value that it has.
func AddSettings(fs *pflag.FlagSet, list []settings.Setting) {
	for _, s := range list {
		switch v := s.Value.(type) {
		case *bool:
			fs.BoolVar(v, s.Name, *v, s.Usage)
		case *int:
			fs.IntVar(v, s.Name, *v, s.Usage)
		case *uint64:
			fs.Uint64Var(v, s.Name, *v, s.Usage)
		case *float64:
			fs.Float64Var(v, s.Name, *v, s.Usage)
		case *string:
			fs.StringVar(v, s.Name, *v, s.Usage)
		case *[]string:
			fs.StringSliceVar(v, s.Name, *v, s.Usage)
		default:
			panic(fmt.Sprintf("cli: setting %s is a %T", s.Name, s.Value))
		}
	}
}

// CheckSettings is [settings.Check] for settings that are flags.
func CheckSettings(list []settings.Setting) error {
	if err := settings.Check(list); err != nil {
		return Usagef("--%w", err)
	}
	return nil
}
