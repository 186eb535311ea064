package run

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// previousName is the name of the k-th checkpoint before the newest, k from 1.
func previousName(k int) string {
	if k == 1 {
		return PreviousFile
	}
	return fmt.Sprintf("model_previous_%d.pt", k)
}

// age is the number of checkpoints after the one with a name; -1 for other files and for
// those kept for good.
func age(name string) int {
	if name == CheckpointFile {
		return 0
	}
	k := 1 // PreviousFile has no number
	fmt.Sscanf(name, "model_previous_%d.pt", &k)
	if k < 1 || name != previousName(k) {
		return -1
	}
	return k
}

// Checkpoints returns the names of the last checkpoints in the run at path, newest first.
func Checkpoints(path string) (names []string) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if age(e.Name()) >= 0 {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(age(a), age(b)) })
	return names
}

// nextFile is a complete checkpoint before it becomes the newest.
const nextFile = "." + CheckpointFile + ".next.tmp"

// Replace makes the file that write writes the newest checkpoint, keeps the last few, and
// keeps it for good under the names in as. It changes no other checkpoint until the new
// file is completely on disk.
func (d *Dir) Replace(write func(path string) error, last int, as []string) error {
	next := d.File(nextFile)
	err := write(next)
	if err == nil {
		err = d.metrics.Sync() // metrics of an epoch must be on disk before its checkpoint
	}
	for _, name := range as { // first: a run that resumes from next does not make them again
		if err == nil {
			err = d.keep(next, name)
		}
	}
	if err == nil {
		err = d.advance(last)
	}
	if err != nil {
		os.Remove(next)
		return fmt.Errorf("saving failed, and %s stays as it was: %w", d.File(CheckpointFile), err)
	}
	return d.sync()
}

// advance makes the next checkpoint the newest and keeps the last few.
func (d *Dir) advance(last int) error {
	if err := d.rotate(last); err != nil {
		return err
	}
	return os.Rename(d.File(nextFile), d.File(CheckpointFile))
}

// rotate makes room for a new checkpoint: the newest also becomes the previous one, and
// so on, and only as many are kept that there will be last in total.
func (d *Dir) rotate(last int) error {
	for _, name := range slices.Backward(Checkpoints(d.Path)) {
		var err error
		switch k := age(name); {
		case k > 0 && k+1 < last:
			err = os.Rename(d.File(name), d.File(previousName(k+1)))
		case k == 0 && last > 1:
			err = d.keep(d.File(CheckpointFile), PreviousFile)
		case k >= last:
			err = os.Remove(d.File(name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keep gives a checkpoint a second name, under which it is kept when it loses its first.
// A file of that name is replaced atomically.
func (d *Dir) keep(path, name string) error {
	tmp := d.File("." + name + ".tmp")
	if err := remove(tmp); err != nil {
		return err
	}
	if err := os.Link(path, tmp); errors.Is(err, fs.ErrNotExist) {
		return err
	} else if err != nil {
		return d.copyAs(path, name) // a file system without hard links
	}
	err := os.Rename(tmp, d.File(name))
	return errors.Join(err, remove(tmp)) // still there if both were names of one file
}

// remove removes a file if it exists.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// copyAs copies a file of any folder into the run.
func (d *Dir) copyAs(path, name string) error {
	in, err := os.Open(path)
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
func HasCheckpoint(path string) bool { return len(Checkpoints(path)) > 0 }
