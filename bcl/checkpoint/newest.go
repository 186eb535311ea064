package checkpoint

import "github.com/bcl-go/bcl/bcl/run"

// LoadNewest reads the newest good checkpoint of the run at path. skipped says what was
// wrong with newer ones.
func LoadNewest(path string) (c *Checkpoint, skipped, err error) {
	_, c, skipped, err = run.Newest(path, Load)
	return c, skipped, err
}
