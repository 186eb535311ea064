package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
)

// dualTrainer is trainer for BCL-D, with a random share.
func dualTrainer(t *testing.T, m method.Method) *train.Trainer {
	t.Helper()
	c := train.Default(m)
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 100}
	c.Batch, c.Epochs, c.Warmup = 3, 3, 1
	c.LR = 0.05
	c.Prune = model.Pruning{Share: 0.7, Random: 0.2}
	tr, err := train.New(c, encoder, views.Images(images(t, 9), augment.CIFAR(8).With(augment.Boost{K: 2, R: 30}), c.Seed), torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// toEnd trains to the end and returns the bytes of the weights.
func toEnd(t *testing.T, tr *train.Trainer) (weights []byte) {
	t.Helper()
	for !tr.Done() {
		if _, err := tr.RunEpoch(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range nn.StateDict(tr.Net) {
		weights = append(weights, n.Tensor.Bytes()...)
	}
	return weights
}

// A run that is saved after any step of an epoch and resumed in another process ends with
// the bytes of an uninterrupted run: the masks of the epoch's start are saved.
func TestResumeWithinEpochWithMasks(t *testing.T) {
	for _, m := range []method.Method{method.BCLD, method.BCLDShuffled} {
		var whole []byte
		do(t, func() error { whole = toEnd(t, dualTrainer(t, m)); return nil })
		for cut := 1; cut <= 9; cut++ {
			path := filepath.Join(t.TempDir(), run.CheckpointFile)
			do(t, func() error {
				tr := dualTrainer(t, m)
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				tr.Progress = func(train.Step) {
					if tr.Step == cut {
						cancel()
					}
				}
				for ctx.Err() == nil {
					if _, err := tr.RunEpoch(ctx); err != nil && !errors.Is(err, context.Canceled) {
						return err
					}
				}
				return Save(path, tr, About{})
			})
			do(t, func() error {
				c, err := Load(path)
				if err != nil {
					return err
				}
				if c.Kind().Name != "sdclr" {
					t.Error("not recognised as a network with two branches")
				}
				if _, saved := child(c.bcl, "masks"); saved != (cut%3 != 0) {
					t.Errorf("after step %d, 3 per epoch: masks saved: %v", cut, saved)
				}
				tr := dualTrainer(t, m)
				if err := c.Restore(tr); err != nil {
					return err
				}
				if !bytes.Equal(toEnd(t, tr), whole) {
					t.Errorf("%s, saved after step %d: other weights than an uninterrupted run's", m, cut)
				}
				return nil
			})
		}
	}
}

func TestMasksThatAreMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), run.CheckpointFile)
	do(t, func() error {
		tr := dualTrainer(t, method.SDCLR)
		ctx, cancel := context.WithCancel(context.Background())
		tr.Progress = func(train.Step) { cancel() }
		if _, err := tr.RunEpoch(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		if err := Save(path, tr, About{}); err != nil {
			return err
		}
		for name, masks := range map[string]any{"masks, expected": nil, "is a int,": serialize.NewDict("x", 3), "mask 0 is": onlyOther(t, path)} {
			c, err := Load(path)
			if err != nil {
				return err
			}
			if err := c.bcl.Set("masks", masks); err != nil {
				return err
			}
			if err := c.Restore(tr); err == nil || !strings.Contains(err.Error(), "bcl.masks") || !strings.Contains(err.Error(), name) {
				t.Errorf("masks %T: error %v, want one with %q", masks, err, name)
			}
		}
		return nil
	})
}

// onlyOther returns the masks of a checkpoint with exchanged names.
func onlyOther(t *testing.T, path string) *serialize.Dict {
	t.Helper()
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	masks, _ := child(c.bcl, "masks")
	swapped := serialize.NewDict()
	for name, v := range masks.All() {
		if err := swapped.Set(name.(string)+"x", v); err != nil {
			t.Fatal(err)
		}
	}
	return swapped
}
