package bcltrain

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
)

// --precision auto is resolved once: the run's config.yaml has what it is, and the same
// command resumes with that.
func TestPrecisionAuto(t *testing.T) {
	save := t.TempDir()
	said := must(t, small(t, "a", save, "--precision", "auto", "--epochs", "1", "--warmup", "0")...)
	if !strings.Contains(said, "--precision auto is ") {
		t.Error(said)
	}
	config := file(t, filepath.Join(save, "a"), run.ConfigFile)
	if strings.Contains(config, "precision: auto") || !strings.Contains(config, "precision: fp32") && !strings.Contains(config, "precision: bf16") {
		t.Error(config)
	}
	must(t, small(t, "a", save, "--precision", "auto", "--epochs", "2", "--warmup", "0", "--resume", "--allow-change", "epochs")...)
	refused(t, 2, []string{`precision "fp16" is not fp32, bf16 or auto`}, small(t, "b", save, "--precision", "fp16")...)
}
