package bcltrain

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/settings/training"
	"github.com/bcl-go/bcl/torch"
)

// newest is --resume without a path.
const newest = training.Newest

// beginning is where a run starts.
type beginning struct {
	from    string // a checkpoint, or a run directory for its newest; "": anew
	inPlace bool   // the run directory is there and holds this run
}

// begin finds out where the run starts. The same command again goes on by itself
// with a run that was cut off, or starts it again if it has no checkpoint yet.
// Anything else in the run directory is an error.
func (o *options) begin(settings []byte) (beginning, error) {
	dir := o.dir()
	if o.resume == newest || o.resume != "" && sameFolder(folderOf(o.resume), dir) {
		if _, err := os.Stat(run.File(dir, run.ConfigFile)); err != nil {
			return beginning{}, fmt.Errorf("cannot go on: %w", err)
		}
		switch {
		case o.resume != newest && folderOf(o.resume) != o.resume:
			return beginning{o.resume, true}, nil
		case run.HasCheckpoint(dir):
			return beginning{dir, true}, nil
		}
		return beginning{"", true}, run.CheckUnsaved(dir)
	}
	occupied := run.Check(dir)
	if occupied == nil {
		return beginning{o.resume, false}, nil
	}
	before, err := os.ReadFile(run.File(dir, run.ConfigFile))
	if err != nil {
		return beginning{}, occupied // not a run
	}
	if list, err := o.changes(before, settings, true, false); err != nil {
		return beginning{}, fmt.Errorf("%s: %w", run.File(dir, run.ConfigFile), err)
	} else if err := o.refuse(list); err != nil {
		return beginning{}, fmt.Errorf("%w; it holds a run, and %w", occupied, err)
	}
	switch {
	case run.HasCheckpoint(dir):
		return beginning{dir, true}, nil
	case o.resume == "":
		return beginning{"", true}, run.CheckUnsaved(dir)
	}
	return beginning{o.resume, true}, nil
}

// folderOf is the folder of a checkpoint, or path if it is a folder.
func folderOf(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return path
	}
	return filepath.Dir(path)
}

func sameFolder(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// load reads the checkpoint to begin from. passed says what was wrong with newer ones.
func (b beginning) load() (c *checkpoint.Checkpoint, passed error, err error) {
	if folderOf(b.from) == b.from {
		return checkpoint.LoadNewest(b.from)
	}
	c, err = checkpoint.Load(b.from)
	return c, nil, err
}

// open makes the run directory or opens it, with the trainer where it is to begin.
func (s *session) open(device torch.Device) error {
	env, err := checkpoint.Describe(device)
	if err != nil {
		return err
	}
	env.Data = s.about.Data
	if s.from == "" {
		create := run.Create
		if s.inPlace { // cut off before its first checkpoint
			create = run.Restart
		}
		s.out, err = create(s.dir(), s.settings, os.Args, env)
		return err
	}
	c, passed, err := s.load()
	if err != nil {
		return fmt.Errorf("cannot go on: %w", err)
	}
	list, before, err := s.compare(c)
	if err != nil {
		return err
	}
	if err := c.Restore(s.trainer); err != nil {
		return fmt.Errorf("cannot go on: %w", err)
	}
	if s.inPlace && s.trainer.Done() && s.resume == "" {
		return fmt.Errorf("run directory %s is not empty: it holds this run, complete; choose another name, or remove it", s.dir())
	}
	if err := s.enter(c, list, before, env); err != nil {
		return err
	}
	s.explain(c, list, passed)
	return nil
}

// compare refuses other images and other settings than c's run had, but for changes
// that are allowed. Of the authors' checkpoints neither is known.
func (s *session) compare(c *checkpoint.Checkpoint) (list []change, before []byte, err error) {
	before, where := []byte(c.Config()), c.Path
	if config := run.File(s.dir(), run.ConfigFile); s.inPlace && sameFolder(folderOf(c.Path), s.dir()) {
		if before, err = os.ReadFile(config); err != nil {
			return nil, nil, fmt.Errorf("cannot go on: %w", err)
		}
		where = config
	}
	was, is := c.Data(), s.about.Data
	known := was != run.Data{}
	if known && was != is {
		return nil, nil, fmt.Errorf("cannot go on: the images are not those of %s: before %d with the fingerprint %.16s, now %d with %.16s", c.Path, was.Samples, was.Fingerprint, is.Samples, is.Fingerprint)
	}
	if len(before) == 0 {
		return nil, nil, nil
	}
	list, err = s.changes(before, s.settings, known, c.WithinEpoch())
	if err == nil {
		err = s.refuse(list)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("cannot go on from %s: %w", where, err)
	}
	return list, before, nil
}

// enter opens the run directory for the epochs that are left.
func (s *session) enter(c *checkpoint.Checkpoint, list []change, before []byte, env run.Environment) (err error) {
	epoch := s.trainer.Position.Epoch
	here := s.inPlace && sameFolder(folderOf(c.Path), s.dir())
	switch {
	case here && folderOf(s.from) != s.from: // a file that was named
		s.out, err = run.GoBack(s.dir(), c.Path, epoch, s.keepLast)
	case here:
		s.out, err = run.Reopen(s.dir(), epoch)
	case s.inPlace:
		s.out, err = run.Restart(s.dir(), s.settings, os.Args, env)
	default:
		s.out, err = run.Create(s.dir(), s.settings, os.Args, env)
	}
	if err != nil {
		return err
	}
	switch {
	case !here:
		err = s.out.Inherit(folderOf(c.Path), epoch)
	case !bytes.Equal(before, s.settings):
		err = s.out.SetConfig(s.settings, epoch, len(list) > 0)
	}
	if err != nil {
		s.out.Close()
	}
	return err
}

// explain says what the run begins with that is not plain.
func (s *session) explain(c *checkpoint.Checkpoint, list []change, passed error) {
	if passed != nil {
		s.log("%v: passed over, going on from %s", passed, c.Path)
	}
	for _, c := range list {
		s.log("changed from here on: %v", c)
	}
	if !c.Exact() {
		s.log("%s has weights, momentum buffers and %d complete epochs, as the authors' program saves them, and no more. Its memory is empty: in epoch %d every memorisation weight is 0, as in a first epoch, and the momentum loss of each sample starts with its first loss. Order and views are those of --seed.", c.Path, c.Epoch, c.Epoch+1)
	}
}
