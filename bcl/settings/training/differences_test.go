package training

import (
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/settings"
)

func TestDifferences(t *testing.T) {
	runs := []settings.List{
		{{Name: "save-dir", Value: "a"}, {Name: "lr", Value: "0.50"}, {Name: "method", Value: "simclr"}, {Name: "num-workers", Value: "2"}},
		{{Name: "save-dir", Value: "b"}, {Name: "lr", Value: "0.5"}, {Name: "method", Value: "bcl-i"}, {Name: "num-workers", Value: "2"}, {Name: "rand-k", Value: "1"}},
	}
	if got := Differences(runs); !slices.Equal(got, []string{"method", "rand-k", "save-dir"}) {
		t.Errorf("%q", got)
	}
	if got := OtherLosses(Differences(runs)); !slices.Equal(got, []string{"method", "rand-k"}) {
		t.Errorf("with other losses %q", got)
	}
	if got := Differences(runs[:1]); len(got) != 0 {
		t.Errorf("of one run %q", got)
	}
}

func TestLossSettingsExist(t *testing.T) {
	for _, name := range lossSettings {
		if Table(Choices{}).Lookup(name) == nil {
			t.Errorf("%s is no setting", name)
		}
	}
}
