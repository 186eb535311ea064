package run

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/bcl-go/bcl/bcl/internal/filelock"
)

// IsLeftover reports whether a file in a run is a partial write of a killed process. The
// next process that opens the run removes it.
func IsLeftover(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
}

func inUse(path string) error {
	return fmt.Errorf("run directory %s is in use by another process: choose another name for the run, or wait until that ends", path)
}

// CheckFree returns an error if another process writes to the run at path.
func CheckFree(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return nil // what is wrong there, whoever uses it is told
	}
	defer f.Close()
	if filelock.Try(f) == filelock.ErrBusy {
		return inUse(path)
	}
	return nil
}

// locked locks the folder of a run for this process, removes partly written files of
// another, and calls begin. The lock ends with the process, however that ends.
func locked(path string, begin func(d *Dir) error) (*Dir, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("run directory: %w", err)
	}
	d := &Dir{Path: path, lock: f}
	switch err = filelock.Try(f); {
	case err == filelock.ErrBusy:
		err = inUse(path)
	case err != nil:
		err = fmt.Errorf("locking run directory %s: %w", path, err)
	default:
		if err = d.clean(); err == nil {
			err = begin(d)
		}
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

func (d *Dir) clean() error {
	entries, err := os.ReadDir(d.Path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if IsLeftover(e.Name()) {
			if err := os.Remove(d.File(e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// sync makes the names in the folder durable. Folders that cannot be synced are ignored.
func (d *Dir) sync() error {
	if err := d.lock.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
