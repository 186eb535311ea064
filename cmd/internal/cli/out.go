package cli

import (
	"fmt"
	"os"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
)

// CheckOut returns an error if a result may not be written to path: a file that exists, or
// a folder; with force, the command's --force, only a folder or a file of a run. It is
// for before the work.
func CheckOut(path string, force bool) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder, expected the name of a file", quote.Name(path))
	case run.Owns(path):
		return fmt.Errorf("%s is a file of a run, which nothing but bcl-train writes: choose another name", quote.Name(path))
	case force:
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: the file exists; --force replaces it", quote.Name(path))
	}
	return nil
}
