package checkpoint

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch/nn"
)

// The file has the state at the time of Save, although training continues, and the last
// few checkpoints are kept, each an epoch older than the next.
func TestSaver(t *testing.T) {
	for last, want := range map[int][]string{
		1: {run.CheckpointFile},
		2: {run.CheckpointFile, run.PreviousFile},
		4: {run.CheckpointFile, run.PreviousFile, "model_previous_2.pt", "model_previous_3.pt"},
	} {
		d := newDir(t)
		weights := map[int][]byte{}
		do(t, func() error {
			tr, s := trainer(t, 2), NewSaver(d, last)
			for !tr.Done() {
				if _, err := tr.RunEpoch(context.Background()); err != nil {
					return err
				}
				weights[tr.Position.Epoch-1] = bytesOf(tr)
				var as []string
				if tr.Position.Epoch-1 == 3 {
					as = []string{"model_3.pt"}
				}
				if err := s.Save(tr, About{}, as...); err != nil {
					return err
				}
			}
			return s.Wait()
		})
		if got := run.Checkpoints(d.Path); !slices.Equal(got, want) {
			t.Errorf("the last %d: %v, want %v", last, got, want)
		}
		for k, name := range append(slices.Clone(want), "model_3.pt") {
			c, err := Load(d.File(name))
			if err != nil {
				t.Fatal(err)
			}
			epoch := 5 - k
			if name == "model_3.pt" {
				epoch = 3
			}
			do(t, func() error {
				tr := trainer(t, 2)
				if err := c.Restore(tr); err != nil {
					return err
				}
				if c.Epoch != epoch || !bytes.Equal(bytesOf(tr), weights[epoch]) {
					t.Errorf("the last %d: %s is of epoch %d, want %d, or has other weights", last, name, c.Epoch, epoch)
				}
				return nil
			})
		}
		if left, _ := fs.Glob(os.DirFS(d.Path), ".*"); left != nil {
			t.Errorf("left behind: %v", left)
		}
	}
}

// bytesOf is the bytes of the weights of a trainer.
func bytesOf(tr *train.Trainer) (all []byte) {
	for _, n := range nn.StateDict(tr.Net) {
		all = append(all, n.Tensor.Bytes()...)
	}
	return all
}

// A snapshot reuses its memory, and nothing of the old state remains.
func TestSnapshotIsUsedAgain(t *testing.T) {
	do(t, func() error {
		tr := trainer(t, 2)
		var s Snapshot
		var first int
		for tr.Position.Epoch < 4 {
			if _, err := tr.RunEpoch(context.Background()); err != nil {
				return err
			}
			if err := s.Take(tr, About{}); err != nil {
				return err
			}
			if first == 0 {
				first = len(s.buffers)
			}
			again, fresh := t.TempDir()+"/a.pt", t.TempDir()+"/b.pt"
			if err := s.WriteFile(again); err != nil {
				return err
			}
			if err := Save(fresh, tr, About{}); err != nil {
				return err
			}
			if len(s.buffers) != first || read(t, again) != read(t, fresh) {
				t.Errorf("epoch %d: %d buffers, %d at first, or another file", tr.Position.Epoch, len(s.buffers), first)
			}
		}
		return nil
	})
}

// A write that fails is an error of the next call, and changes no file.
func TestSaverFails(t *testing.T) {
	d := newDir(t)
	do(t, func() error {
		tr, s := trainer(t, 2), NewSaver(d, 2)
		if err := s.Save(tr, About{}); err != nil {
			return err
		}
		if err := s.Wait(); err != nil {
			return err
		}
		good := read(t, d.File(run.CheckpointFile))
		// A folder that is not empty cannot be replaced.
		next := d.File("." + run.CheckpointFile + ".next.tmp")
		if err := os.MkdirAll(next+"/x", 0o755); err != nil {
			return err
		}
		if err := s.Save(tr, About{}); err != nil {
			return err
		}
		for _, err := range []error{s.Wait(), s.Save(tr, About{}), s.Wait()} {
			if err == nil || !strings.Contains(err.Error(), d.File(run.CheckpointFile)+" stays as it was") {
				t.Errorf("error %v", err)
			}
		}
		if busy, err := s.Busy(); busy || err == nil {
			t.Errorf("busy %v, error %v", busy, err)
		}
		if read(t, d.File(run.CheckpointFile)) != good || len(run.Checkpoints(d.Path)) != 1 {
			t.Errorf("a failed write changed the checkpoints: %v", run.Checkpoints(d.Path))
		}
		return nil
	})
}
