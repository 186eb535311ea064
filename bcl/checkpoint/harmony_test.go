package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// harmonyTrainer returns a trainer of three epochs of two steps, with Geometric
// Harmonization in the last two unless classes is 0.
func harmonyTrainer(t *testing.T, m method.Method, classes, workers int) *train.Trainer {
	t.Helper()
	c := train.Default(m)
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 100}
	c.Batch, c.Epochs, c.Warmup, c.LR, c.Workers = 3, 3, 1, 0.05, workers
	if classes > 0 {
		h := harmony.Published()
		h.Classes, h.From, h.Ramp, h.Iterations = classes, 2, 2, 20
		c.Auxiliary = []loss.AuxiliaryConfig{h}
	}
	tr, err := train.New(c, encoder, views.Images(images(t, 6), augment.CIFAR(8).With(augment.Boost{K: 2, R: 30}), c.Seed), torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// saveAfter trains until a step is done and writes a checkpoint.
func saveAfter(t *testing.T, tr *train.Trainer, step int, path string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tr.Progress = func(train.Step) {
		if tr.Step == step {
			cancel()
		}
	}
	for tr.Step < step {
		if _, err := tr.RunEpoch(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	if err := Save(path, tr, About{}); err != nil {
		t.Fatal(err)
	}
}

// A run that is saved after a step and resumed in another process, with more workers,
// ends with the checkpoint of an uninterrupted run, byte for byte.
func TestResumeOfHarmony(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		end := func(tr *train.Trainer) []byte {
			toEnd(t, tr)
			path := filepath.Join(t.TempDir(), run.CheckpointFile)
			if err := Save(path, tr, About{}); err != nil {
				t.Fatal(err)
			}
			return []byte(read(t, path))
		}
		var whole []byte
		do(t, func() error { whole = end(harmonyTrainer(t, m, 5, 1)); return nil })
		for cut := 1; cut < 6; cut++ {
			path := filepath.Join(t.TempDir(), run.CheckpointFile)
			do(t, func() error { saveAfter(t, harmonyTrainer(t, m, 5, 1), cut, path); return nil })
			do(t, func() error {
				c, err := Load(path)
				if err != nil {
					return err
				}
				tr := harmonyTrainer(t, m, 5, 3)
				if err := c.Restore(tr); err != nil {
					return err
				}
				if !bytes.Equal(end(tr), whole) {
					t.Errorf("%s, saved after step %d: another checkpoint than an uninterrupted run's", m, cut)
				}
				return nil
			})
		}
	}
}

func TestHarmonyOfAnotherRun(t *testing.T) {
	dir := t.TempDir()
	do(t, func() error {
		with, without := filepath.Join(dir, "with.pt"), filepath.Join(dir, "without.pt")
		saveAfter(t, harmonyTrainer(t, method.BCLI, 5, 1), 3, with)
		saveAfter(t, harmonyTrainer(t, method.BCLI, 0, 1), 3, without)
		for path, want := range map[string]string{with: "expected 6 samples x 7 classes", without: "bcl.harmony is missing"} {
			c, err := Load(path)
			if err != nil {
				return err
			}
			if err := c.Restore(harmonyTrainer(t, method.BCLI, 7, 1)); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
		}
		c, err := Load(without)
		if err != nil {
			return err
		}
		if _, there := c.bcl.Lookup("harmony"); there {
			t.Error("a run without the option has bcl.harmony")
		}
		c, err = Load(with)
		if err != nil {
			return err
		}
		h, _ := child(c.bcl, "harmony")
		if err := h.Set("history", 3); err != nil {
			return err
		}
		if err := c.Restore(harmonyTrainer(t, method.BCLI, 5, 1)); err == nil || !strings.Contains(err.Error(), "bcl.harmony: history is a int") {
			t.Errorf("a number for the history: error %v", err)
		}
		return nil
	})
}
