package run

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/bcl-go/bcl/bcl/internal/filelock"
)

// IsLeftover reports whether a file in a run is one that a process was writing when it
// was killed. The next process that opens the run removes it.
func IsLeftover(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".tmp")
}

// lock opens the folder of a run for this process alone, and takes away what another
// left half written. The lock ends with the process, however that ends.
func lock(path string) (*Dir, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("run directory: %w", err)
	}
	err = filelock.Try(f)
	if err == nil {
		d := &Dir{Path: path, lock: f}
		if err := d.clean(); err != nil {
			f.Close()
			return nil, err
		}
		return d, nil
	}
	f.Close()
	if err == filelock.ErrBusy {
		return nil, fmt.Errorf("run directory %s is in use by another process", path)
	}
	return nil, fmt.Errorf("locking run directory %s: %w", path, err)
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

// sync makes the names in the folder last. Where a folder cannot be synced there is
// nothing to be done.
func (d *Dir) sync() error {
	if err := d.lock.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
