package bcltrain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/serialize"
)

// A run begins with the backbone of another file, says and records it, and resumes without
// the file.
func TestInit(t *testing.T) {
	save := t.TempDir()
	must(t, small(t, "first", save, "--epochs", "1", "--warmup", "0")...)
	first := filepath.Join(save, "first")
	file := filepath.Join(save, "weights.pt")
	c, err := serialize.Load(filepath.Join(first, run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	weights, _ := c.(*serialize.Dict).Get("state_dict")
	if err := serialize.Save(file, weights); err != nil {
		t.Fatal(err)
	}

	args := small(t, "second", save, "--init", file)
	args = append(args[:7:7], args[11:]...) // without --model and --width
	said := must(t, append(args, "--epochs", "1", "--warmup", "0")...)
	for _, want := range []string{"begins with the weights of " + file + ": resnet10, width 2, CIFAR stem", "the projector is fresh", "resnet10, width 2, cifar stem"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in:\n%s", want, said)
		}
	}
	second := filepath.Join(save, "second")
	e, err := run.ReadEnvironment(second)
	if err != nil || e.Init.Path != file || len(e.Init.SHA256) != 64 {
		t.Errorf("recorded: %+v, %v", e.Init, err)
	}
	// The same from the run folder: the same backbone, so the same bytes.
	must(t, small(t, "third", save, "--init", first, "--epochs", "1", "--warmup", "0")...)
	if string(weightsOf(t, second)) != string(weightsOf(t, filepath.Join(save, "third"))) {
		t.Error("a file and a run with the same backbone begin differently")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	must(t, "second", "--save-dir", save, "--resume", "--epochs", "2", "--allow-change", "epochs")
	if e, err = run.ReadEnvironment(second); err != nil || e.Init.Path != file {
		t.Errorf("recorded after resuming: %+v, %v", e.Init, err)
	}
}

func TestInitErrors(t *testing.T) {
	save := t.TempDir()
	must(t, small(t, "first", save, "--epochs", "1", "--warmup", "0")...)
	file := filepath.Join(save, "weights.pt")
	c, err := serialize.Load(filepath.Join(save, "first", run.CheckpointFile))
	if err != nil {
		t.Fatal(err)
	}
	weights, _ := c.(*serialize.Dict).Get("state_dict")
	if err := serialize.Save(file, weights); err != nil {
		t.Fatal(err)
	}
	refused(t, 2, []string{"--width is 4, but " + file + ", of --init, holds resnet10, width 2"}, small(t, "a", save, "--init", file, "--width", "4")...)
	refused(t, 1, []string{"--init: ", "no such file", "extract-backbone"}, small(t, "b", save, "--init", filepath.Join(save, "none.pt"))...)
	refused(t, 1, []string{"--init " + file + " instead of --resume begins with its weights"}, small(t, "c", save, "--resume="+file)...)
}
