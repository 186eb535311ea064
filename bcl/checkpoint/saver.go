package checkpoint

import (
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
)

// Saver writes the checkpoints of a run while it trains. Training waits for a copy of its
// state in memory, and for the disk only if the previous checkpoint is not written yet:
// there is one write at a time, and one copy. It is for one goroutine.
type Saver struct {
	dir      *run.Dir
	last     int // how many checkpoints are kept
	snapshot Snapshot
	written  chan error // receives the result of the current write; nil without one
	err      error      // of the first write that failed
}

// NewSaver returns a Saver that writes to d and keeps the last few checkpoints, at least
// one.
func NewSaver(d *run.Dir, last int) *Saver { return &Saver{dir: d, last: last} }

// Save starts to write a checkpoint of t, which is also kept under the names in as. An
// error may be that of the previous write.
func (s *Saver) Save(t *train.Trainer, about About, as ...string) error {
	if err := s.Wait(); err != nil {
		return err
	}
	if err := s.snapshot.Take(t, about); err != nil {
		return err
	}
	written := make(chan error, 1)
	s.written = written
	go func() { written <- s.dir.Replace(s.snapshot.WriteFile, s.last, as) }()
	return nil
}

// Busy reports whether a write is in progress, and the error of one that failed.
func (s *Saver) Busy() (bool, error) {
	if s.written == nil {
		return false, s.err
	}
	select {
	case err := <-s.written:
		return false, s.end(err)
	default:
		return true, nil
	}
}

// Wait returns when no write is in progress, with the error of one that failed.
func (s *Saver) Wait() error {
	if s.written == nil {
		return s.err
	}
	return s.end(<-s.written)
}

func (s *Saver) end(err error) error {
	s.written = nil
	if s.err == nil {
		s.err = err
	}
	return s.err
}
