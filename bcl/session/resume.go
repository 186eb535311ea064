package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
)

// open creates or opens the run folder, and puts the trainer at its start. notes are
// messages about that.
func (s *Session) open(b Start) (notes []string, err error) {
	if b.from == "" {
		create := run.Create
		if b.inPlace { // interrupted before its first checkpoint
			create = run.Restart
			if err := s.verify(s.Dir); err != nil {
				return nil, err
			}
		}
		s.dir, err = create(s.Dir, s.Settings, s.Command, s.Environment)
		return nil, err
	}
	c, skipped, err := b.load()
	if err != nil {
		return nil, &ResumeError{Err: err}
	}
	// Whether c lies in the very folder that is resumed in place.
	here := b.inPlace && sameFolder(folderOf(c.Path), s.Dir)
	changed, before, err := s.match(c, here)
	if err != nil {
		return nil, err
	}
	if err := c.Restore(s.Trainer); err != nil {
		return nil, &ResumeError{Err: err}
	}
	s.from = c.Path
	if b.inPlace && s.Trainer.Done() && !s.Resume.asked() {
		return nil, fmt.Errorf("run directory %s is not empty: it holds this run, complete; choose another name, or remove it", s.Dir)
	}
	if err := s.verify(folderOf(c.Path)); err != nil {
		return nil, err
	}
	if err := s.enter(b, c, here); err != nil {
		if readOnly := errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS); readOnly && here && s.Trainer.Done() {
			return nil, &CompleteError{c.Path, err}
		}
		return nil, err
	}
	if here {
		s.settle = func() error {
			err := s.dir.SetEnvironment(s.Environment, s.Trainer.Position.Epoch)
			if err == nil && !bytes.Equal(before, s.Settings) {
				err = s.dir.SetConfig(s.Settings, s.Trainer.Position.Epoch, len(changed) > 0)
			}
			return err
		}
	}
	return explain(c, changed, skipped), nil
}

// verify reads, before anything is written, the files of a run that this one continues.
func (s *Session) verify(dir string) error {
	if err := run.Verify(dir, s.Trainer.Memory.Len(), s.Trainer.Signals.Names()...); err != nil {
		return &ResumeError{Err: err}
	}
	return nil
}

// match returns an error if data or settings differ from those of c's run, except for
// allowed changes. The authors' checkpoints have neither.
func (s *Session) match(c *checkpoint.Checkpoint, here bool) (changed []string, before []byte, err error) {
	before, where := []byte(c.Config()), c.Path
	if config := run.File(s.Dir, run.ConfigFile); here {
		if before, err = os.ReadFile(config); err != nil {
			return nil, nil, &ResumeError{Err: err}
		}
		where = config
	}
	was, is := c.Data(), s.Data
	known := was != run.Data{}
	if known && was != is {
		return nil, nil, &ResumeError{Err: &OtherData{c.Path, was, is, before, c.WithinEpoch()}}
	}
	if len(before) == 0 {
		return nil, nil, nil
	}
	if changed, err = s.compare(before, known, c.WithinEpoch()); err != nil {
		return nil, nil, &ResumeError{where, err}
	}
	return changed, before, nil
}

// enter opens the run folder for the remaining epochs.
func (s *Session) enter(b Start, c *checkpoint.Checkpoint, here bool) (err error) {
	epoch := s.Trainer.Position.Epoch
	switch {
	case here && folderOf(b.from) != b.from: // an explicitly named file
		s.dir, err = run.GoBack(s.Dir, c.Path, epoch, s.KeepLast)
	case here:
		s.dir, err = run.Reopen(s.Dir, epoch)
	case b.inPlace:
		s.dir, err = run.Restart(s.Dir, s.Settings, s.Command, s.Environment)
	default:
		s.dir, err = run.Create(s.Dir, s.Settings, s.Command, s.Environment)
	}
	if err != nil {
		return err
	}
	if !here {
		if err = s.dir.Inherit(folderOf(c.Path), epoch); err != nil {
			s.dir.Close()
		}
	}
	return err
}

// explain logs what is special about the start of the run.
func explain(c *checkpoint.Checkpoint, changed []string, skipped error) (notes []string) {
	if skipped != nil {
		notes = append(notes, fmt.Sprintf("%v: skipped, resuming from %s", skipped, c.Path))
	}
	for _, c := range changed {
		notes = append(notes, "changed from here on: "+c)
	}
	if !c.Exact() {
		notes = append(notes, fmt.Sprintf("%s has weights, momentum buffers and %d complete epochs, as the authors' program saves them, and nothing else. Its memory is empty: in epoch %d every memorisation weight is 0, as in a first epoch, and the momentum loss of each sample starts with its first loss. Order and views are those of the seed.", c.Path, c.Epoch, c.Epoch+1))
	}
	return notes
}
