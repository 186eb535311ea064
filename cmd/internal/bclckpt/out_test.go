package bclckpt

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/model"
)

// No command replaces a file without --force, nor a file of a run with it.
func TestOutputsReplaceNothing(t *testing.T) {
	x, dir := network(t, false, "resnet10", model.CIFARStem), t.TempDir()
	for _, name := range []string{"config.yaml", "model.pt", "momentum_loss.npy", "mine.npy"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"verify", x, "--out", in("mine.npy")}, "mine.npy: the file exists; --force replaces it"},
		{[]string{"verify", x, "--out", in("momentum_loss.npy"), "--force"}, "momentum_loss.npy is a file of a run"},
		{[]string{"convert", x, in("model.pt"), "--force"}, "model.pt is a file of a run"},
		{[]string{"extract-backbone", x, in("model_4.pt")}, "model_4.pt is a file of a run"},
	} {
		if code, _, log := bcl(c.args...); code != 1 || !strings.Contains(log, c.want) {
			t.Errorf("%v: status %d, %q, want %q", c.args, code, log, c.want)
		}
	}
	for _, name := range []string{"model.pt", "momentum_loss.npy", "mine.npy"} {
		if text, err := os.ReadFile(in(name)); err != nil || !bytes.Equal(text, []byte("mine")) {
			t.Errorf("%s has changed, error %v", name, err)
		}
	}
}
