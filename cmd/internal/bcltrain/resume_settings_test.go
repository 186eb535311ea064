package bcltrain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
)

// --resume NAME needs no other setting: each is that of the run unless it is given. That
// holds for a file of the run too, and where the run was moved.
func TestResumeTakesTheRunsSettings(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, tiny(data, save, "--save-freq", "1", "--method", "bcl-d", "--rand-k", "1", "--weight-decay", "0.01")...)
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(save, moved); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(moved, "t")
	config := strings.Replace(file(t, dir, run.ConfigFile), save, moved, 1)
	must(t, "--resume", "t", "--save-dir", moved, "--epochs", "3", "--allow-change", "epochs")
	if got, want := file(t, dir, run.ConfigFile), strings.Replace(config, "epochs: 2", "epochs: 3", 1); got != want {
		t.Errorf("config.yaml is now %s, want %s", got, want)
	}
	must(t, "t", "--save-dir", moved, "--resume="+filepath.Join(dir, run.KeptName(1)))
	if n := strings.Count(file(t, dir, run.MetricsFile), "\n"); n != 3 {
		t.Errorf("metrics of %d epochs, want the 3 of the run", n)
	}
	refused(t, 1, []string{"lr: before 0.05, now 0.04", "--allow-change lr"}, "t", "--save-dir", moved, "--resume", "--lr", "0.04")
	refused(t, 1, []string{"cannot resume", filepath.Join("none", run.ConfigFile)}, "none", "--save-dir", moved, "--resume")
	refused(t, 2, []string{"--data is missing"}, "other", "--save-dir", moved, "--resume="+dir)
}

// Where other images are given, the setting that chooses them is named with both values.
func TestResumeWithOtherImages(t *testing.T) {
	data, save := t.TempDir(), t.TempDir()
	for _, class := range []string{"a", "b"} {
		if err := os.Rename(folder(t, 9), filepath.Join(data, class)); err != nil {
			t.Fatal(err)
		}
	}
	must(t, tiny(data, save, "--holdout", "0.2", "--epochs", "1", "--warmup", "0")...)
	refused(t, 1, []string{"the images are not those of", "\t--holdout: before 0.2, now 0.4\n"}, "t", "--save-dir", save, "--resume", "--holdout", "0.4")
	refused(t, 1, []string{"\t--holdout: before 0.2, now \"\"\n"}, "t", "--save-dir", save, "--resume", "--holdout", "")
}

// A run that is resumed in another folder has the precision of its checkpoint, which is not
// measured again.
func TestPrecisionOfTheCheckpoint(t *testing.T) {
	data, save := folder(t, 9), t.TempDir()
	must(t, tiny(data, save, "--epochs", "1", "--warmup", "0", "--precision", "bf16")...)
	for _, from := range []string{filepath.Join(save, "t"), filepath.Join(save, "t", run.CheckpointFile)} {
		elsewhere := t.TempDir()
		said := must(t, tiny(data, elsewhere, "--warmup", "0", "--precision", "auto", "--resume="+from, "--allow-change", "epochs")...)
		if config := file(t, elsewhere, "t", run.ConfigFile); strings.Contains(said, "--precision auto is") || !strings.Contains(config, "precision: bf16\n") {
			t.Errorf("%s: %s\n%s", from, said, config)
		}
	}
}
