package training

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/settings"
)

// Names are normalised and unique, and traits name existing settings.
func TestTable(t *testing.T) {
	table := Table(Choices{})
	seen := map[string]bool{}
	for _, s := range table {
		if s.Name != settings.Normalize(s.Name) || seen[s.Name] {
			t.Errorf("%s is not the name of one setting", s.Name)
		}
		seen[s.Name] = true
		if s.OnResume != settings.IfAllowed && s.Fixed != "" {
			t.Errorf("%s: may change, and may not: %s", s.Name, s.Fixed)
		}
		if seen[s.Field] {
			t.Errorf("%s: %s is the field of two settings", s.Name, s.Field)
		}
		seen[s.Field] = s.Field != ""
		for _, other := range []string{s.IdleWith, s.IdleWithout} {
			other, _, _ = strings.Cut(other, "=")
			if other != "" && table.Lookup(other) == nil {
				t.Errorf("%s depends on %q, which is not a setting", s.Name, other)
			}
		}
	}
}
