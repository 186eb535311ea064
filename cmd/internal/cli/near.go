package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/settings"
)

// Near is the question whether another name was meant; "" if none is near.
func Near(name string, names []string) string {
	if n := settings.Nearest(settings.Normalize(name), names); n != "" {
		return fmt.Sprintf(" (did you mean %s?)", n)
	}
	return ""
}

// flagNames lists the flags of fs that are settings.
func flagNames(fs *pflag.FlagSet) (names []string) {
	fs.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && !slices.Contains(noSettings[1:], f.Name) {
			names = append(names, f.Name)
		}
	})
	return names
}

// list is a flag that takes values separated by commas, and blanks around those.
type list struct {
	pflag.Value
	pflag.SliceValue
}

func (l list) Set(text string) error {
	if !strings.Contains(text, `"`) { // quoted values have their own blanks
		values := strings.Split(text, ",")
		for i, v := range values {
			values[i] = strings.TrimSpace(v)
		}
		text = strings.Join(values, ",")
	}
	return l.Value.Set(text)
}

// spacedLists lets the flags of fs that take lists take blanks between the values.
func spacedLists(fs *pflag.FlagSet) {
	fs.VisitAll(func(f *pflag.Flag) {
		if s, ok := f.Value.(pflag.SliceValue); ok && strings.HasSuffix(f.Value.Type(), "Slice") {
			f.Value = list{f.Value, s}
		}
	})
}
