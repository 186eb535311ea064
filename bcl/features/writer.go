package features

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bcl-go/bcl/bcl/internal/filelock"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// partial ends the names of arrays that are not complete.
const partial = ".part"

// Sample is one of the samples.
type Sample struct {
	Name, Class string
	Label       int // -1 without one
}

// Writer fills a folder. Only one process writes to a folder at a time.
type Writer struct {
	dir    string
	info   Info
	lock   *os.File
	sample func(row int) Sample
	rows   []*npy.Rows
}

// CompleteError reports a folder that has all that was to be computed.
type CompleteError struct{ Dir string }

func (e *CompleteError) Error() string {
	return fmt.Sprintf("%s is complete, nothing is left to compute", quote.Name(e.Dir))
}

// OtherError reports a folder with other features.
type OtherError struct {
	Dir    string
	Differ []string // such as "normalize: false, not true"
}

func (e *OtherError) Error() string {
	return fmt.Sprintf("%s has other features; choose another folder, or replace them:\n  %s", quote.Name(e.Dir), strings.Join(e.Differ, "\n  "))
}

// Create begins to fill a folder, or continues what an interrupted [Writer] of the same
// vectors began, with the first [Writer.Done] rows there. A folder of other vectors, or
// with other files, is an error; replace removes the former's files. A complete folder of
// the same is a [*CompleteError].
func Create(dir string, info Info, sample func(row int) Sample, replace bool) (*Writer, error) {
	info.Format, info.Complete = 1, false
	info = info.SeenFrom(dir)
	if err := info.Check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	lock, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	w := &Writer{dir: dir, info: info, lock: lock, sample: sample}
	switch err := filelock.Try(lock); {
	case err == filelock.ErrBusy:
		lock.Close()
		return nil, fmt.Errorf("%s is in use by another process: choose another folder, or wait until that ends", quote.Name(dir))
	case err != nil:
		lock.Close()
		return nil, fmt.Errorf("locking %s: %w", quote.Name(dir), err)
	}
	if err := w.begin(replace); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

func (w *Writer) begin(replace bool) error {
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		return err
	}
	var others []string
	for _, e := range entries {
		switch {
		case run.IsLeftover(e.Name()):
			if err := os.Remove(w.path(e.Name())); err != nil {
				return err
			}
		default:
			others = append(others, e.Name())
		}
	}
	if len(others) > 0 {
		before, err := ReadInfo(w.dir)
		switch {
		case err != nil:
			return fmt.Errorf("%s is not empty, and has no features of ours: choose another folder (%w)", quote.Name(w.dir), err)
		case replace:
			if err := remove(w.dir, before); err != nil {
				return err
			}
		default:
			if d := before.differences(&w.info); len(d) > 0 {
				return &OtherError{w.dir, d}
			}
			if before.Complete {
				return &CompleteError{w.dir}
			}
			if err := w.unfinish(); err != nil {
				return err
			}
		}
	}
	if err := w.info.write(w.dir); err != nil {
		return err
	}
	d, _ := w.info.dtype() // which Check has checked
	for _, l := range w.info.Layers {
		r, err := npy.OpenRows(w.path(l.Name+".npy"+partial), d, l.Width)
		if err != nil {
			return err
		}
		w.rows = append(w.rows, r)
		if r.Len() > w.info.Samples {
			return fmt.Errorf("%s has %d rows, expected %d at most", quote.Name(w.path(l.Name+".npy"+partial)), r.Len(), w.info.Samples)
		}
	}
	return w.Truncate(w.Done())
}

// unfinish undoes what a Finish did that was interrupted.
func (w *Writer) unfinish() error {
	for _, l := range w.info.Layers {
		whole := w.path(l.Name + ".npy")
		if err := os.Rename(whole, whole+partial); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// remove removes the files of features, and no others.
func remove(dir string, i *Info) error {
	names := []string{run.SamplesFile, LabelsFile}
	for _, l := range i.Layers {
		names = append(names, l.Name+".npy", l.Name+".npy"+partial)
	}
	for _, f := range Formats() {
		names = append(names, fileOf(f))
	}
	for _, name := range append(names, InfoFile) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (w *Writer) path(name string) string { return filepath.Join(w.dir, name) }

// Done returns the number of rows that are on disk.
func (w *Writer) Done() int {
	n := w.info.Samples
	for _, r := range w.rows {
		n = min(n, r.Len())
	}
	return n
}

// Truncate keeps the first n rows.
func (w *Writer) Truncate(n int) error {
	for _, r := range w.rows {
		if r.Len() > n {
			if err := r.Truncate(n); err != nil {
				return err
			}
		}
	}
	return nil
}

// Append adds rows: for each layer the elements, little-endian. They are on disk when it
// returns.
func (w *Writer) Append(layers [][]byte) error {
	for i, data := range layers {
		if err := w.rows[i].Append(data); err != nil {
			return fmt.Errorf("%s: %w", quote.Name(w.path(w.info.Layers[i].Name+".npy"+partial)), err)
		}
	}
	return nil
}

// Finish writes names and labels, gives the arrays their names, and marks the folder as
// complete. All rows must be there.
func (w *Writer) Finish() error {
	if n := w.Done(); n != w.info.Samples {
		return fmt.Errorf("%s has %d of %d rows", quote.Name(w.dir), n, w.info.Samples)
	}
	if err := w.names(); err != nil {
		return err
	}
	for i, l := range w.info.Layers {
		if err := w.rows[i].Close(); err != nil {
			return err
		}
		if err := os.Rename(w.path(l.Name+".npy"+partial), w.path(l.Name+".npy")); err != nil {
			return err
		}
	}
	w.rows = nil
	w.info.Complete = true
	return w.info.write(w.dir)
}

// Close ends the writer; a folder that is not finished can be continued.
func (w *Writer) Close() error {
	var errs []error
	for _, r := range w.rows {
		errs = append(errs, r.Close())
	}
	return errors.Join(append(errs, w.lock.Close())...)
}
