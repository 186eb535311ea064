package checkpoint

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
)

// A long run saves thousands of times in its scope: neither saving nor resuming leaks a
// tensor there. Within an epoch of BCL-D with Geometric Harmonization a checkpoint has
// every kind of state.
func TestNoTensorIsLeftBehind(t *testing.T) {
	do(t, func() error {
		d := newDir(t)
		s := NewSaver(d, 2)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		tr := harmonyTrainer(t, method.BCLD, 5, 1)
		live := torch.LiveTensors()
		tr.Progress = func(train.Step) {
			if err := s.Save(tr, About{}); err != nil {
				t.Error(err)
			}
			if tr.Step == 3 {
				cancel()
			}
		}
		for ctx.Err() == nil {
			if _, err := tr.RunEpoch(ctx); err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
		}
		if err := s.Wait(); err != nil {
			return err
		}
		if n := torch.LiveTensors(); n != live {
			t.Errorf("%d live tensors before 3 steps and saves, %d after", live, n)
		}
		c, err := Load(filepath.Join(d.Path, run.CheckpointFile))
		if err != nil {
			return err
		}
		if _, masks := child(c.bcl, "masks"); !masks {
			t.Error("the checkpoint has no masks to restore")
		}
		live = torch.LiveTensors()
		if err := c.Restore(tr); err != nil {
			return err
		}
		if err := c.LoadWeights(tr.Net); err != nil {
			return err
		}
		if n := torch.LiveTensors(); n != live {
			t.Errorf("%d live tensors before resuming, %d after", live, n)
		}
		return nil
	})
}
