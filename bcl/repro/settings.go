package repro

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/settings/training"
)

// Settings of bcl-repro itself, and of where a run runs: neither belongs in a preset.
var (
	trainReserved = slices.Concat(table.Names(func(s settings.Setting) bool { return s.Reserved }), training.AuthorsFlags(), []string{"help", "version"})
	evalReserved  = []string{"config", "help", "version", "data", "train-split", "probe-list", "test-list", "val-list", "shots", "shot-lists", "splits", "json", "device", "seed",
		"checkpoint", "data-folder", "test-fullshot", "test-100shot", "test-50shot", "gpus"}
	evalOutputs = []string{"csv", "tail-curve", "finetune-save", "force"}
)

// host are the settings of where and how fast a run runs, not of what it computes.
var host = table.Names(func(s settings.Setting) bool { return s.Place })

// table has the settings of bcl-train.
var table = training.Table(training.Choices{})

func checkMethod(name string) error {
	if !slices.Contains(method.All(), method.Method(name)) {
		return fmt.Errorf("%q is not one of %v", name, method.All())
	}
	return nil
}

func checkSettings(layer yaml.MapSlice, reserved []string) error {
	for _, item := range layer {
		switch key := fmt.Sprint(item.Key); {
		case settings.Normalize(key) == "protocol" && slices.Contains(reserved, "probe-list") && !slices.Contains(protocol.Named(), fmt.Sprint(item.Value)): // bcl-train has none
			return fmt.Errorf("%s: %v is not one of %s; what to fit on is a part's protocols", key, item.Value, strings.Join(protocol.Named(), ", "))
		case slices.Contains(reserved, settings.Normalize(key)):
			return fmt.Errorf("%s: bcl-repro sets this itself", key)
		case slices.Contains(evalOutputs, settings.Normalize(key)):
			return fmt.Errorf("%s: every run would write to the same file; call bcl-eval for the run", key)
		}
	}
	return settings.CheckLayer(layer)
}

// checkLayers checks settings of bcl-train and of bcl-eval.
func checkLayers(train, eval yaml.MapSlice) error {
	return errors.Join(within("train", checkSettings(train, trainReserved)), within("eval", checkSettings(eval, evalReserved)))
}

// differences lists the differences between have and want, a line each. Settings of the
// host do not count; nor, unless all, do settings that only one of them has.
func differences(have, want settings.List, all bool) []string {
	var lines []string
	for _, c := range have.Changes(want) {
		switch {
		case slices.Contains(host, c.Name) || !all && (c.Added || c.Gone):
		case c.Added:
			lines = append(lines, fmt.Sprintf("%s: not set there, the plan has %s", c.Name, c.Now))
		case c.Gone:
			lines = append(lines, fmt.Sprintf("%s: %s there, the plan does not set it", c.Name, c.Before))
		default:
			lines = append(lines, fmt.Sprintf("%s: %s there, the plan has %s", c.Name, c.Before, c.Now))
		}
	}
	return lines
}
