// Package atomicfile writes files that exist in full or not at all.
//
// The contents go to a temporary file in the same folder, which is synced to the disk and
// then renamed to its final name; then the folder is synced. A reader, or a killed run
// that starts again, sees the old file or the new one, never a part. A failure before the
// rename, such as a full disk, leaves the old file as it was and removes the temporary
// one; only a killed process can leave it behind, named ".NAME.*.tmp".
//
// A symbolic link at the final name is replaced, not followed.
package atomicfile

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// WriteFile makes what write writes the contents of the file at path, with permissions
// 0644 less the process's umask. Errors name the path; those of write are wrapped. The
// writer is buffered, and must not be used after write returns.
func WriteFile(path string, write func(io.Writer) error) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort() // also when write panics; does nothing after Commit
	if err := write(f); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return f.Commit()
}

// File is a file being written. Either [File.Commit] or [File.Abort] must end it.
type File struct {
	path string
	tmp  *os.File // nil once ended
	buf  *bufio.Writer
}

// Create opens a temporary file for the one at path, which is not changed yet.
func Create(path string) (*File, error) {
	name := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+rand.Text()[:10]+".tmp")
	tmp, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	return &File{path: path, tmp: tmp, buf: bufio.NewWriterSize(tmp, 1<<18)}, nil
}

// Write adds to the contents.
func (f *File) Write(p []byte) (int, error) {
	if f.tmp == nil {
		return 0, fmt.Errorf("writing %s: %w", f.path, os.ErrClosed)
	}
	return f.buf.Write(p)
}

// Commit renames the file to its final name. If only the last step fails, syncing the
// folder, the new file is in place although an error is returned.
func (f *File) Commit() error {
	if f.tmp == nil {
		return fmt.Errorf("writing %s: %w", f.path, os.ErrClosed)
	}
	defer f.Abort()
	rename := func() error { return os.Rename(f.tmp.Name(), f.path) }
	for _, step := range []func() error{f.buf.Flush, f.tmp.Sync, f.tmp.Close, rename} {
		if err := step(); err != nil {
			return fmt.Errorf("writing %s: %w", f.path, err)
		}
	}
	f.tmp = nil
	if err := syncFolder(filepath.Dir(f.path)); err != nil {
		return fmt.Errorf("writing %s: syncing its folder: %w", f.path, err)
	}
	return nil
}

// Abort removes the temporary file. After Commit or Abort it does nothing.
func (f *File) Abort() {
	if f.tmp == nil {
		return
	}
	f.tmp.Close()
	os.Remove(f.tmp.Name())
	f.tmp = nil
}

// syncFolder makes a rename in the folder durable. File systems that cannot sync a folder
// report EINVAL or ENOTSUP, which is ignored.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
