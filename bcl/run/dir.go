package run

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Names of the files of a run.
const (
	ConfigFile      = "config.yaml"
	CommandFile     = "command.txt"
	EnvironmentFile = "environment.json"
	LogFile         = "log.txt"
	MetricsFile     = "metrics.jsonl"
	EvaluationsFile = "evaluations.jsonl"
	CheckpointFile  = "model.pt"
	PreviousFile    = "model_previous.pt"
	HistoryFile     = "momentum_loss.npy"
	ReportFile      = "report.html"
)

// Dir is the folder of a run that is being written.
type Dir struct {
	Path    string
	lock    *os.File // the folder itself, locked until Close or the process's end
	log     *os.File
	metrics *os.File
	history []*npy.Rows // momentum losses and signals; nil until OpenHistory
}

// Check returns an error if path exists already: first, if another process writes to it.
func Check(path string) error {
	if err := CheckFree(path); err != nil {
		return err
	}
	return checkEmpty(path)
}

func checkEmpty(path string) error {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("run directory: %w", err)
	case slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !IsLeftover(e.Name()) }):
		return fmt.Errorf("run directory %s is not empty: choose another name for the run, or remove it", path)
	}
	return nil
}

// Create makes the folder of a run and writes what is known at its start. On failure it
// removes what it made.
func Create(path string, config []byte, command []string, env Environment) (*Dir, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		return nil, fmt.Errorf("run directory: %w", err)
	}
	return locked(path, func(d *Dir) error {
		if err := checkEmpty(path); err != nil { // another process was faster, and is done
			return err
		}
		err := d.start(config, command, env)
		if err != nil {
			d.Close() // an open file would stay on NFS
			os.RemoveAll(path)
		}
		return err
	})
}

// Restart starts a run again that was interrupted before its first checkpoint. One with a
// checkpoint, even one that was kept for good, is left alone.
func Restart(path string, config []byte, command []string, env Environment) (*Dir, error) {
	return locked(path, func(d *Dir) error {
		if HasCheckpoint(path) { // another process was faster
			return fmt.Errorf("run directory %s has a checkpoint by now", path)
		}
		if err := checkKept(path); err != nil {
			return err
		}
		if err := d.trim(1); err != nil {
			return err
		}
		return d.start(config, command, env)
	})
}

func (d *Dir) start(config []byte, command []string, env Environment) error {
	// An attempt before may have had other images.
	if err := os.Remove(d.File(SamplesFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{
		{ConfigFile, config},
		{CommandFile, []byte(ShellLine(command...) + "\n")},
		{EnvironmentFile, env.text()},
	} {
		if err := d.write(f.name, f.text); err != nil {
			return err
		}
	}
	return d.open()
}

// open opens the files that are appended to.
func (d *Dir) open() (err error) {
	if d.log, err = appendTo(d.File(LogFile)); err != nil {
		return err
	}
	d.metrics, err = appendTo(d.File(MetricsFile))
	return err
}

func (d *Dir) write(name string, text []byte) error {
	return atomicfile.WriteFile(d.File(name), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// Reopen opens the folder of a run to resume at epoch. Metrics and evaluations of that
// epoch and later ones, written before the interruption, are removed.
func Reopen(path string, epoch int) (*Dir, error) {
	return locked(path, func(d *Dir) error { return d.reopen(epoch) })
}

func (d *Dir) reopen(epoch int) error {
	if err := d.trim(epoch); err != nil {
		return err
	}
	return d.open()
}

// File returns the path of a file of the run.
func (d *Dir) File(name string) string { return File(d.Path, name) }

// File returns the path of a file of the run at path.
func File(path, name string) string { return filepath.Join(path, name) }

// Log is where log.txt is written.
func (d *Dir) Log() io.Writer { return d.log }

// Close closes the files of the run.
func (d *Dir) Close() error {
	var errs []error
	for _, f := range []*os.File{d.log, d.metrics, d.lock} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	for _, rows := range d.history {
		errs = append(errs, rows.Close())
	}
	return errors.Join(errs...)
}
