package method

import (
	"strings"
	"testing"
)

// The methods have the published number of boosted operations and weight decay.
func TestTraits(t *testing.T) {
	want := map[Method]struct {
		objective string
		k         int
		decay     float64
	}{
		SimCLR: {"simclr", 0, 5e-4}, BCLI: {"simclr", 1, 5e-4}, SDCLR: {"sdclr", 0, 1e-4}, BCLD: {"sdclr", 2, 1e-4},
		MoCo: {"moco", 0, 1e-4}, BCLMoCo: {"moco", 1, 1e-4},
		BCLIConstant: {"simclr", 1, 5e-4}, BCLIShuffled: {"simclr", 1, 5e-4}, BCLDConstant: {"sdclr", 2, 1e-4}, BCLDShuffled: {"sdclr", 2, 1e-4},
	}
	if len(All()) != len(want) {
		t.Errorf("%d methods, want %d", len(All()), len(want))
	}
	for m, w := range want {
		if got := m.Traits(); got.Objective != w.objective || got.RandK != w.k || got.WeightDecay != w.decay || m.Boosted() != (w.k > 0) {
			t.Errorf("%s: %+v, want %+v", m, got, w)
		}
	}
}

func TestParse(t *testing.T) {
	for _, name := range []string{"bcl-d-shuffled", "BCL_D_shuffled"} {
		if m, err := Parse(name); err != nil || m != BCLDShuffled {
			t.Errorf("%s: %v, error %v", name, m, err)
		}
	}
	if _, err := Parse("byol"); err == nil || !strings.Contains(err.Error(), `method "byol" is not one of [simclr bcl-i sdclr`) {
		t.Errorf("error %v", err)
	}
}
