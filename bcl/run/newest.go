package run

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// Save writes the newest checkpoint of the run and keeps the one before.
func (d *Dir) Save(t *train.Trainer, config []byte) error {
	// The first checkpoint has none before it.
	if err := d.KeepAs(PreviousFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return Save(d.File(CheckpointFile), t, config)
}

// KeepAs gives the newest checkpoint a second name, under which it stays when the
// next one takes its first. What had that name before is replaced in one step.
func (d *Dir) KeepAs(name string) error {
	tmp := d.File("." + name + ".tmp")
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := os.Link(d.File(CheckpointFile), tmp)
	switch {
	case err == nil:
		return os.Rename(tmp, d.File(name))
	case errors.Is(err, fs.ErrNotExist):
		return err
	}
	return d.copyAs(name) // a file system without hard links
}

func (d *Dir) copyAs(name string) error {
	in, err := os.Open(d.File(CheckpointFile))
	if err != nil {
		return err
	}
	defer in.Close()
	return atomicfile.WriteFile(d.File(name), func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}

// HasCheckpoint reports whether there is a checkpoint, good or not, in the run at path.
func HasCheckpoint(path string) bool {
	for _, name := range []string{CheckpointFile, PreviousFile} {
		if _, err := os.Stat(File(path, name)); err == nil {
			return true
		}
	}
	return false
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
