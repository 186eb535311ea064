package bcltrain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/dtype"
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
	// The same command, which names the file, does not need it either, nor does a new folder.
	must(t, append(args, "--epochs", "3", "--warmup", "0", "--resume", "--allow-change", "epochs")...)
	refused(t, 1, []string{"complete"}, append(args, "--epochs", "3", "--warmup", "0")...)
	moved := append([]string{"moved"}, args[1:]...)
	must(t, append(moved, "--epochs", "4", "--warmup", "0", "--resume="+second, "--allow-change", "epochs")...)
	// Another file is another run, whether it is there or not.
	other := append(args[:len(args)-1:len(args)-1], first, "--epochs", "3", "--warmup", "0", "--resume")
	refused(t, 1, []string{"init: before " + file + ", now " + first + " (fixed: it changes the initial weights)"}, other...)
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
	refused(t, 1, []string{"--init: ", "no such file or directory: expected a file of weights, or a run folder\n"}, small(t, "b", save, "--init", filepath.Join(save, "none.pt"))...)
	refused(t, 1, []string{"name one with --key", "extract-backbone has these flags"}, small(t, "d", save, "--init", rewritten(t, weights.(*serialize.Dict), func(_ string, x []byte) {}, true))...)
	refused(t, 1, []string{"conv1.weight is NaN or infinite in 1 of its 54 elements"}, small(t, "e", save, "--init", rewritten(t, weights.(*serialize.Dict), func(name string, x []byte) {
		if strings.HasSuffix(name, "backbone.conv1.weight") {
			copy(x[4:], "\x00\x00\xc0\x7f")
		}
	}, false))...)
	if _, _, said := call(small(t, "f", save, "--epochs", "1", "--warmup", "0", "--init", rewritten(t, weights.(*serialize.Dict), func(_ string, x []byte) { clear(x) }, false))...); !strings.Contains(said, "all weights of the convolutions of ") {
		t.Errorf("weights of zeros are not said: %s", said)
	}
	refused(t, 1, []string{"--init " + file + " instead of --resume begins with its weights"}, small(t, "c", save, "--resume="+file)...)
}

// rewritten writes the float32 tensors of a state dict anew after change, alone or twice.
func rewritten(t *testing.T, state *serialize.Dict, change func(name string, x []byte), twice bool) string {
	t.Helper()
	out := serialize.NewDict()
	for k, v := range state.All() {
		x := v.(*serialize.Tensor)
		if x.DType == dtype.Float32 {
			data, err := x.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			change(k.(string), data)
			if x, err = serialize.NewTensor(x.DType, x.Shape, data); err != nil {
				t.Fatal(err)
			}
		}
		if err := out.Set(k, x); err != nil {
			t.Fatal(err)
		}
	}
	if twice {
		out = serialize.NewDict("a", out, "b", out)
	}
	path := filepath.Join(t.TempDir(), "changed.pt")
	if err := serialize.Save(path, out); err != nil {
		t.Fatal(err)
	}
	return path
}
