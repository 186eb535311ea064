package checkpoint

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch"
)

// The cost of a checkpoint of a ResNet-18: training waits only for Take, WriteFile runs
// in the background.
func BenchmarkTake(b *testing.B)      { benchmarkSnapshot(b, true) }
func BenchmarkWriteFile(b *testing.B) { benchmarkSnapshot(b, false) }

func benchmarkSnapshot(b *testing.B, take bool) {
	path := filepath.Join(b.TempDir(), run.CheckpointFile)
	err := torch.Do(func() error {
		tr := trainerOf(b, "resnet18", 64)
		if _, err := tr.RunEpoch(context.Background()); err != nil {
			return err
		}
		var s Snapshot
		if err := s.Take(tr, About{}); err != nil {
			return err
		}
		size := int64(0)
		for _, buffer := range s.buffers {
			size += int64(len(buffer))
		}
		b.SetBytes(size)
		for b.Loop() {
			var err error
			if take {
				err = s.Take(tr, About{})
			} else {
				err = s.WriteFile(path)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
