package run

import (
	"fmt"
	"os"
	"slices"
)

// mostUnsaved is of how many epochs a run can have metrics before its first checkpoint
// is on the disk. Checkpoints are written while training continues, one at a time: when
// the metrics of the second epoch are there, the checkpoint of the first may still be
// under way, and the third epoch waits for it.
const mostUnsaved = 2

// KeptError says that a run has no newest checkpoint to resume from, but one that was
// kept for good. Starting the run again would lose the epochs until there.
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
// from, is more than one that was cut off before its first checkpoint: it has a kept
// checkpoint (a [*KeptError]), or metrics of more epochs than could be unsaved. Starting
// it again would lose work, so a person decides. Whether a checkpoint is half written
// does not matter: a process that was killed may have left one or not.
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
