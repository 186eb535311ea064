package run

import (
	"fmt"
	"os"
	"slices"
)

// mostUnsaved is the number of epochs that a run can have metrics of before its first
// checkpoint is on disk. Checkpoints are written during training, one at a time: when the
// metrics of the second epoch exist, the checkpoint of the first may still be being
// written, and the third epoch waits for it.
const mostUnsaved = 2

// KeptError is the error of a run without a newest checkpoint to resume from, but with
// one that was kept for good. Starting the run again would lose the epochs up to that
// one.
type KeptError struct {
	Path string // of the run
	Name string // of the newest kept checkpoint in it
}

func (e *KeptError) Error() string {
	return fmt.Sprintf("run directory %s has no %s; the newest that was kept is %s", e.Path, CheckpointFile, e.Checkpoint())
}

// Checkpoint returns the path of the newest kept checkpoint.
func (e *KeptError) Checkpoint() string { return File(e.Path, e.Name) }

// CheckUnsaved returns an error if the run at path, which has no checkpoint to resume
// from, was not just interrupted before its first checkpoint: it has a kept checkpoint (a
// [*KeptError]), or metrics of more epochs than could be unsaved. Starting it again would
// lose work, so the user decides. A partly written checkpoint does not matter: a killed
// process may have left one or not.
func CheckUnsaved(path string) error {
	if err := checkKept(path); err != nil {
		return err
	}
	n, err := Epochs(path)
	if err == nil && n > mostUnsaved {
		err = fmt.Errorf("run directory %s has metrics of %d epochs but no checkpoint to resume from: choose another name for the run, or remove it", path, n)
	}
	return err
}

// checkKept returns a [*KeptError] if a checkpoint was kept in the run at path.
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
	return &KeptError{path, KeptName(slices.Max(epochs))}
}

// KeptName is the name of the checkpoint after an epoch that is kept for good.
func KeptName(epoch int) string { return fmt.Sprintf("model_%d.pt", epoch) }
