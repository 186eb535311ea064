package session

import (
	"time"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
)

// save starts to write the checkpoint, and every KeepEvery epochs one that is kept.
func (s *Session) save() error {
	t := s.Trainer
	s.saved = time.Now()
	about := checkpoint.About{Config: s.Settings, Data: s.Data}
	if n := t.Position.Epoch - 1; t.Batch == 0 && n > 0 && s.KeepEvery > 0 && n%s.KeepEvery == 0 {
		return s.saver.Save(t, about, run.KeptName(n))
	}
	return s.saver.Save(t, about)
}

// saveWithin is called after every step. It starts to save when SaveEvery has passed,
// unless the epoch is about to end or the disk is still busy with the checkpoint before,
// and returns the error of a save that failed.
func (s *Session) saveWithin() error {
	busy, err := s.saver.Busy()
	due := s.SaveEvery > 0 && time.Since(s.saved) >= s.SaveEvery
	if err != nil || busy || !due || s.Trainer.Batch == s.Trainer.Batches() {
		return err
	}
	return s.save()
}
