package run

import (
	"fmt"
	"os"
)

// GoBack is Reopen to resume from a checkpoint in the folder that need not be the
// newest. It becomes that, and keeps its name too, before metrics of later epochs are
// removed: however the process ends, the files agree.
func GoBack(path, checkpoint string, epoch, last int) (*Dir, error) {
	return locked(path, func(d *Dir) error {
		if err := d.promote(checkpoint, last); err != nil {
			return err
		}
		return d.reopen(epoch)
	})
}

// promote makes a checkpoint in the folder the newest, in place of one just written,
// and keeps the last few.
func (d *Dir) promote(checkpoint string, last int) error {
	if sameFile(checkpoint, d.File(CheckpointFile)) {
		return nil
	}
	err := d.keep(checkpoint, nextFile)
	if err == nil {
		err = d.advance(last)
	}
	if err != nil {
		os.Remove(d.File(nextFile))
		return fmt.Errorf("going back to %s: %w", checkpoint, err)
	}
	return d.sync()
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
