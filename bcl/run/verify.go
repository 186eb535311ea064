package run

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Verify reads what is continued when the run at path is resumed, beside the checkpoint, and
// changes nothing: a run that cannot be resumed stays as it is. Of files that are missing it
// says nothing.
func Verify(path string, samples int, signals ...signal.Name) error {
	for _, name := range historyFiles(signals) {
		if err := npy.CheckRows(File(path, name), dtype.Float32, samples); err != nil {
			return fmt.Errorf("%w\n(the file is damaged, or of other images; without it the run resumes, and its epochs until now are NaN: %s)", err, ShellLine("rm", File(path, name)))
		}
	}
	for _, name := range append([]string{EnvironmentFile, SamplesFile}, perEpoch...) {
		f, err := os.Open(File(path, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			_, err = f.Read(make([]byte, 1))
			f.Close()
		}
		if err != nil && err != io.EOF {
			return err
		}
	}
	if _, err := ReadEnvironment(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// historyFiles are momentum_loss.npy and the files of some signals.
func historyFiles(signals []signal.Name) []string {
	names := []string{HistoryFile}
	for _, s := range signals {
		names = append(names, SignalFile(s))
	}
	return names
}
