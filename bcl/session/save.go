package session

import (
	"time"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
)

// save starts to write the checkpoint, and every KeepEvery epochs one that is kept.
func (s *Session) save() error {
	s.saved = time.Now()
	s.saves++
	about := checkpoint.About{Config: s.Settings, Data: s.Data}
	if s.kept() {
		return s.saver.Save(s.Trainer, about, run.KeptName(s.Trainer.Position.Epoch-1))
	}
	return s.saver.Save(s.Trainer, about)
}

// kept reports whether a checkpoint of here is kept for good.
func (s *Session) kept() bool {
	n := s.Trainer.Position.Epoch - 1
	return s.Trainer.Batch == 0 && n > 0 && s.KeepEvery > 0 && n%s.KeepEvery == 0
}

// saveBetween is called after every epoch. Where epochs are short, saving after each would
// take longer than training.
func (s *Session) saveBetween() error {
	evaluated := s.Evaluate != nil && s.EvaluateEvery > 0 && (s.Trainer.Position.Epoch-1)%s.EvaluateEvery == 0 // which takes its time, and may be interrupted
	if s.saves == 0 || evaluated || s.kept() || s.Trainer.Done() || time.Since(s.saved) >= s.SaveGap {
		return s.save()
	}
	if s.saves == 1 { // a run without a checkpoint has metrics of few epochs ([run.CheckUnsaved])
		return s.saver.Wait()
	}
	return nil
}

// saveWithin is called after every step. It starts to save when SaveEvery has passed,
// unless the epoch is about to end or the disk is still busy with the checkpoint before,
// and returns the error of a save that failed. Where the device is ahead it lets it settle,
// and saves after the last of its steps.
func (s *Session) saveWithin(p train.Step) error {
	busy, err := s.saver.Busy()
	due := s.SaveEvery > 0 && time.Since(s.saved) >= s.SaveEvery
	if err != nil || busy || !due || s.Trainer.Batch == s.Trainer.Batches() {
		return err
	}
	if p.Ahead > 0 {
		s.Trainer.Settle()
		return nil
	}
	return s.save()
}
