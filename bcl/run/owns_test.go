package run

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOwns(t *testing.T) {
	dir := t.TempDir()
	own := []string{"model.pt", "model_previous.pt", "model_previous_3.pt", "model_100.pt", "log.txt", "momentum_loss.npy", "signal_density.npy", "samples.csv", "report.html", "mlflow.json", "events.out.tfevents.1.host.2.bcl"}
	for _, name := range own {
		if Owns(filepath.Join(dir, name)) {
			t.Errorf("%s of no run is owned", name)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ConfigFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range own {
		if !Owns(filepath.Join(dir, name)) {
			t.Errorf("%s is not owned", name)
		}
	}
	for _, name := range []string{"tuned.pt", "model_best.pt", "model_.pt", "classes.csv"} {
		if Owns(filepath.Join(dir, name)) {
			t.Errorf("%s is owned", name)
		}
	}
	t.Chdir(dir)
	if !Owns("model.pt") {
		t.Error("model.pt of the working directory is not owned")
	}
}
