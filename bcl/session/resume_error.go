package session

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/run"
)

// ResumeError is why a run cannot be resumed.
type ResumeError struct {
	From string // the file that does not fit, if Err does not name it
	Err  error
}

func (e *ResumeError) Error() string {
	if e.From != "" {
		return fmt.Sprintf("cannot resume from %s: %v", e.From, e.Err)
	}
	return fmt.Sprintf("cannot resume: %v", e.Err)
}

// Unwrap returns Err.
func (e *ResumeError) Unwrap() error { return e.Err }

// OtherData reports training data that are not those of the run of a checkpoint.
type OtherData struct {
	Checkpoint  string
	Before, Now run.Data
	Settings    []byte // those of the run, text of its config.yaml
	Within      bool   // whether the checkpoint is within an epoch
}

func (e *OtherData) Error() string {
	return fmt.Sprintf("the images are not those of %s: before, %d with the fingerprint %.16s; now, %d with %.16s",
		e.Checkpoint, e.Before.Samples, e.Before.Fingerprint, e.Now.Samples, e.Now.Fingerprint)
}
