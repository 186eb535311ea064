package bcltrain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The settings of the memory are in config.yaml, guarded when the run is resumed, and refused
// where they do nothing.
func TestMemorySettings(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, tiny(data, save, "--method", "bcl-d", "--memory-signal", "density", "--memory-weights", "rank", "--memory-horizon", "2000", "--memory-control", "shuffled-once")...)
	for _, line := range []string{"memory-signal: density", "memory-weights: rank", "memory-horizon: 2000", "memory-control: shuffled-once"} {
		if c := resolved(t, filepath.Join(save, "t")); !strings.Contains(c, line+"\n") {
			t.Errorf("config.yaml lacks %q:\n%s", line, c)
		}
	}
	refused(t, 1, []string{"memory-signal: before density, now colt (fixed: "},
		tiny(data, save, "--method", "bcl-d", "--memory-weights", "rank", "--memory-horizon", "2000", "--memory-control", "shuffled-once", "--memory-signal", "colt", "--epochs", "2", "--resume")...)
	refused(t, 2, []string{"--memory-control does nothing with --method sdclr"}, named("a", data, save, "--method", "sdclr", "--memory-control", "inverted")...)
	refused(t, 2, []string{"--memory-control is inverted, expected none: bcl-i-shuffled is a control itself"}, named("a", data, save, "--method", "bcl-i-shuffled", "--memory-control", "inverted")...)
	refused(t, 2, []string{"--memory-signal is purity, expected one of loss, align, density, colt"}, named("a", data, save, "--memory-signal", "purity")...)
	refused(t, 2, []string{"--memory-horizon is -1, expected a number of epochs"}, named("a", data, save, "--memory-horizon", "-1")...)
}

// Oracles need the classes of the images, and leave nothing behind without.
func TestOracleNeedsLabels(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	refused(t, 1, []string{"--memory-control oracle weights images by the sizes of their classes, and", "has no label"}, tiny(data, save, "--memory-control", "oracle")...)
	if _, err := os.Stat(filepath.Join(save, "t")); err == nil {
		t.Error("a run that could not start left a folder")
	}
	args := tiny("embedded", save, "--memory-control", "inverted-oracle", "--epochs", "1", "--batch-size", "256")
	if stderr := must(t, args...); !strings.Contains(stderr, "--memory-control inverted-oracle uses the labels of the training images: for analysis only") {
		t.Errorf("no word of labels: %s", stderr)
	}
}
