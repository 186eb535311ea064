package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/bcl-go/bcl/bcl/train"
)

// Save writes the newest checkpoint of the run and keeps the one before.
func (d *Dir) Save(t *train.Trainer, config []byte) error {
	if err := d.keepPrevious(); err != nil {
		return err
	}
	return Save(d.File(CheckpointFile), t, config)
}

// keepPrevious gives the newest checkpoint a second name, under which it stays when
// its first one is taken. At no time is there none.
func (d *Dir) keepPrevious() error {
	tmp := d.File("." + PreviousFile + ".tmp")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := os.Link(d.File(CheckpointFile), tmp)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the first checkpoint has none before it
	}
	if err == nil {
		err = os.Rename(tmp, d.File(PreviousFile))
	}
	return err
}

// LoadNewest reads the newest good checkpoint of the run at path. passed says what
// was wrong with the newest file if it took the one before.
func LoadNewest(path string) (c *Checkpoint, passed error, err error) {
	c, err = Load(File(path, CheckpointFile))
	if err == nil {
		return c, nil, nil
	}
	previous, second := Load(File(path, PreviousFile))
	if second == nil {
		return previous, err, nil
	}
	if errors.Is(second, fs.ErrNotExist) {
		return nil, nil, err
	}
	return nil, nil, fmt.Errorf("no good checkpoint: %w", errors.Join(err, second))
}
