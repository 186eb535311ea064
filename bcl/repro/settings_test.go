package repro

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/goccy/go-yaml"
)

func TestDifferences(t *testing.T) {
	have := settings.List{{Name: "lr", Value: "0.50"}, {Name: "epochs", Value: "20"}, {Name: "threads", Value: "2"}, {Name: "width", Value: "64"}}
	want := settings.List{{Name: "lr", Value: "0.5"}, {Name: "epochs", Value: "30"}, {Name: "threads", Value: "1"}}
	if got := differences(have, want, false); !slices.Equal(got, []string{"epochs: 20 there, the plan has 30"}) {
		t.Errorf("differences %q", got)
	}
	if got := differences(have, want.With("model", "resnet10"), true); len(got) != 3 {
		t.Errorf("all differences %q", got)
	}
	// All spellings of a name, in a preset, a config.yaml or a record, are the same name.
	have, err := settings.Parse([]byte("batch_size: 512\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := differences(have, settings.Layers(yaml.MapSlice{{Key: "batchSize", Value: 256}}), false); !slices.Equal(got, []string{"batch-size: 512 there, the plan has 256"}) {
		t.Errorf("differences of batchSize %q", got)
	}
	var record settings.List
	if err := json.Unmarshal([]byte(`{"batchSize": "512"}`), &record); err != nil || record.Get("batch-size") != "512" {
		t.Errorf("record %v, error %v", record, err)
	}
}
