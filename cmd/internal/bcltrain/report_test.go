package bcltrain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
)

// A run writes its page, also after it was interrupted before its end, and none if not
// asked to; a page that cannot be written ends nothing.
func TestReport(t *testing.T) {
	save := t.TempDir()
	must(t, small(t, "x", save)...)
	if text := file(t, save, "x", run.ReportFile); !strings.Contains(text, "complete, 2 epochs") || !strings.Contains(text, "Tail discovery") {
		t.Errorf("the page does not show the whole run: %.300s", text)
	}
	must(t, small(t, "none", save, "--report=false", "--tensorboard=false")...)
	if files, _ := filepath.Glob(filepath.Join(save, "none", "events*")); len(files) > 0 {
		t.Errorf("--tensorboard=false: %v", files)
	}
	if _, err := os.Stat(filepath.Join(save, "none", run.ReportFile)); err == nil {
		t.Error("--report=false: a page")
	}
	// A folder of its name cannot be replaced.
	must(t, small(t, "y", save, "--epochs", "1")...)
	if err := os.Remove(filepath.Join(save, "y", run.ReportFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(save, "y", run.ReportFile, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	said := must(t, small(t, "y", save, "--resume", "--epochs", "2", "--allow-change", "epochs")...)
	if !strings.Contains(said, "warning: report.html") {
		t.Errorf("no warning: %s", said)
	}
}
