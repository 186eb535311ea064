package checkpoint

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
	"github.com/bcl-go/bcl/torch/serialize"
)

// withMomentum is trainer with an optimiser of another momentum.
func withMomentum(t *testing.T, momentum float64) *train.Trainer {
	tr := trainer(t, 2)
	tr.Opt = optim.NewSGD(nn.Parameters(tr.Net), tr.Opt.LR, momentum, tr.Opt.WeightDecay)
	return tr
}

// A run resumes with another momentum as torch.optim.SGD does: without momentum buffers
// do not matter, and missing buffers are set to the gradients by the next step. The
// learning rate of the last step is always restored.
func TestMomentumMayChange(t *testing.T) {
	for _, before := range []float64{0, 0.9} {
		for _, now := range []float64{0, 0.9} {
			path := filepath.Join(t.TempDir(), run.CheckpointFile)
			var lr float64
			do(t, func() error {
				tr := withMomentum(t, before)
				if _, err := tr.RunEpoch(context.Background()); err != nil {
					return err
				}
				lr = tr.Opt.LR
				return Save(path, tr, About{})
			})
			do(t, func() error {
				c, err := Load(path)
				if err != nil {
					return err
				}
				tr := withMomentum(t, now)
				tr.Opt.LR = 7
				if err := c.Restore(tr); err != nil {
					return err
				}
				what := fmt.Sprintf("momentum %v, then %v", before, now)
				if tr.Opt.LR != lr {
					t.Errorf("%s: learning rate %v, want that of the last step, %v", what, tr.Opt.LR, lr)
				}
				if had := len(tr.Opt.Buffers()) > 0; had != (before != 0 && now != 0) {
					t.Errorf("%s: buffers after resuming: %v", what, had)
				}
				if before == now {
					again := filepath.Join(t.TempDir(), run.CheckpointFile)
					if err := Save(again, tr, About{}); err != nil {
						return err
					}
					if read(t, again) != read(t, path) {
						t.Errorf("%s: another checkpoint than the loaded one", what)
					}
				}
				if _, err := tr.RunEpoch(context.Background()); err != nil {
					return err
				}
				if has := len(tr.Opt.Buffers()) > 0; has != (now != 0) {
					t.Errorf("%s: buffers after another epoch: %v", what, has)
				}
				return nil
			})
		}
	}
}

// Old versions of PyTorch write None for each momentum buffer of a run without momentum;
// anything else instead is an error.
func TestMomentumOfNone(t *testing.T) {
	do(t, func() error {
		tr := trainer(t, 2)
		path := filepath.Join(t.TempDir(), run.CheckpointFile)
		if err := Save(path, tr, About{}); err != nil {
			return err
		}
		fresh := bytesOf(tr)
		for _, buffers := range []struct {
			first, others any
			ok            bool
		}{{nil, nil, true}, {3, nil, false}, {nil, 3, false}} {
			c, err := Load(path)
			if err != nil {
				return err
			}
			state := serialize.NewDict()
			for i := range nn.Parameters(tr.Net) {
				b := buffers.others
				if i == 0 {
					b = buffers.first
				}
				if err := state.Set(i, serialize.NewDict("momentum_buffer", b)); err != nil {
					return err
				}
			}
			if err := c.optim.Set("state", state); err != nil {
				return err
			}
			if err := c.Restore(tr); (err == nil) != buffers.ok {
				t.Errorf("buffers %v and %v: error %v", buffers.first, buffers.others, err)
			}
			if tr.Opt.Buffers() != nil || !bytes.Equal(bytesOf(tr), fresh) {
				t.Errorf("buffers %v and %v: other values were restored", buffers.first, buffers.others)
			}
		}
		return nil
	})
}
