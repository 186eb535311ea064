package method

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/memory"
)

func TestParse(t *testing.T) {
	for _, name := range []string{"bcl-d-shuffled", "BCL_D_shuffled"} {
		m, err := Parse(name)
		if err != nil || m != (Method{"bcl-d-shuffled", SDCLR, memory.Shuffled, 2, 1e-4}) {
			t.Errorf("%s: %+v, error %v", name, m, err)
		}
	}
	if _, err := Parse("moco"); err == nil || !strings.Contains(err.Error(), `method "moco" is not one of [simclr bcl-i sdclr`) {
		t.Errorf("error %v", err)
	}
}

// A method boosts if and only if it has boosted operations, and a control has all but
// the rule of its method.
func TestTable(t *testing.T) {
	for _, m := range All() {
		if m.Boosted() != (m.RandK > 0) {
			t.Errorf("%s: %d boosted operations, weights by %v", m, m.RandK, m.Rule)
		}
		base := strings.TrimSuffix(strings.TrimSuffix(m.Name, "-constant"), "-shuffled")
		of, err := Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		if of.Name, of.Rule = m.Name, m.Rule; of != m {
			t.Errorf("%s differs from %s in more than its rule", m, base)
		}
	}
}
