package checkpoint

import (
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/bcl/run"
)

// LoadNewest reads the newest good checkpoint of the run at path. passed says what
// was wrong with newer ones.
func LoadNewest(path string) (c *Checkpoint, passed error, err error) {
	names := run.Checkpoints(path)
	if len(names) == 0 {
		names = []string{run.CheckpointFile} // whose absence is the error
	}
	var wrong []error
	for _, name := range names {
		c, err := Load(run.File(path, name))
		if err == nil {
			return c, errors.Join(wrong...), nil
		}
		wrong = append(wrong, err)
	}
	if len(wrong) == 1 {
		return nil, nil, wrong[0]
	}
	return nil, nil, fmt.Errorf("no good checkpoint: %w", errors.Join(wrong...))
}
