package run

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// mostUnsaved is of how many epochs a run can have metrics before its first checkpoint
// is on the disk: the one whose checkpoint is being written, and the next.
const mostUnsaved = 2

// CheckUnsaved returns an error if the run at path is more than one that was cut off
// before its first checkpoint, though it has none to go on with: starting it again
// would lose work.
func CheckUnsaved(path string) error {
	if err := checkKept(path); err != nil {
		return err
	}
	text, err := os.ReadFile(File(path, MetricsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if n := bytes.Count(text, []byte("\n")); n > mostUnsaved {
		return fmt.Errorf("run directory %s has metrics of %d epochs, and no checkpoint to go on with: choose another name for the run, or remove it", path, n)
	}
	return nil
}

// checkKept returns a [*KeptError] if the run at path has checkpoints that were kept.
func checkKept(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	var epochs []int
	for _, e := range entries {
		n := 0
		if _, err := fmt.Sscanf(e.Name(), "model_%d.pt", &n); err == nil && e.Name() == KeptName(n) {
			epochs = append(epochs, n)
		}
	}
	if len(epochs) == 0 {
		return nil
	}
	return &KeptError{path, File(path, KeptName(slices.Max(epochs)))}
}

// KeptError is a run without its newest checkpoints that has older ones, which were kept.
type KeptError struct {
	Dir        string
	Checkpoint string // the newest that was kept
}

func (e *KeptError) Error() string {
	return fmt.Sprintf("run directory %s has no %s; the newest that was kept is %s", e.Dir, CheckpointFile, e.Checkpoint)
}

// KeptName is the name of the checkpoint after an epoch that is kept.
func KeptName(epoch int) string { return fmt.Sprintf("model_%d.pt", epoch) }
