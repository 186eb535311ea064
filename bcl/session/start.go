package session

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
)

// Resume is what a run starts from.
type Resume struct {
	Newest bool   // the newest good checkpoint of the run folder, which must exist
	From   string // a checkpoint, or a run folder for its newest; "": none
}

func (r Resume) asked() bool { return r.Newest || r.From != "" }

// In reports whether a run in dir is to be resumed in place.
func (r Resume) In(dir string) bool {
	return r.Newest || r.From != "" && sameFolder(folderOf(r.From), dir)
}

// Start is where a run starts.
type Start struct {
	from    string // a checkpoint, or a run folder for its newest; "": from scratch
	inPlace bool   // the run folder exists and holds this run
}

// Scratch reports whether the run starts with its initial weights, from no checkpoint.
func (s Start) Scratch() bool { return s.from == "" }

// Find determines where a run starts, before any data are read. With the same settings an
// interrupted run is resumed, or started again if it has no checkpoint yet. Anything else
// in the run folder is an error.
func Find(c Config) (Start, error) {
	if err := cmp.Or(c.Check(), run.CheckFree(c.Dir)); err != nil {
		return Start{}, err
	}
	if c.Resume.In(c.Dir) {
		if _, err := os.Stat(run.File(c.Dir, run.ConfigFile)); err != nil {
			return Start{}, &ResumeError{Err: err}
		}
		switch {
		case !c.Resume.Newest && folderOf(c.Resume.From) != c.Resume.From:
			return Start{c.Resume.From, true}, nil
		case run.HasCheckpoint(c.Dir):
			return Start{c.Dir, true}, nil
		}
		return Start{"", true}, run.CheckUnsaved(c.Dir)
	}
	occupied := run.Check(c.Dir)
	if occupied == nil {
		return Start{c.Resume.From, false}, nil
	}
	before, err := os.ReadFile(run.File(c.Dir, run.ConfigFile))
	if err != nil {
		return Start{}, occupied // not a run
	}
	if _, err := c.compare(before, true, false); err != nil {
		return Start{}, fmt.Errorf("%w; it holds a run, and %w", occupied, err)
	}
	switch {
	case run.HasCheckpoint(c.Dir):
		return Start{c.Dir, true}, nil
	case !c.Resume.asked():
		return Start{"", true}, run.CheckUnsaved(c.Dir)
	}
	return Start{c.Resume.From, true}, nil
}

// Environment is what the run to begin from ran on last; empty if nothing tells it.
func (b Start) Environment() (e run.Environment, err error) {
	if b.from == "" {
		return e, nil
	}
	if e, err = run.ReadEnvironment(folderOf(b.from)); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return e, err
}

// compare is Compare, or without it the strict rule.
func (c Config) compare(before []byte, sameData, within bool) (changed []string, err error) {
	if c.Compare != nil {
		return c.Compare(before, sameData, within)
	}
	if string(before) != string(c.Settings) {
		return nil, fmt.Errorf("the settings have changed")
	}
	return nil, nil
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

// load reads the checkpoint to start from. skipped has the errors of newer ones.
func (b Start) load() (c *checkpoint.Checkpoint, skipped error, err error) {
	if folderOf(b.from) == b.from {
		return checkpoint.LoadNewest(b.from)
	}
	c, err = checkpoint.Load(b.from)
	return c, nil, err
}
