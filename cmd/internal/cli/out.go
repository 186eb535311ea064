package cli

import (
	"fmt"
	"os"
	"path/filepath"

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

// CheckOutDir returns an error, of usage, if results in a folder of their own would lie among
// the files of a run. word is for the name of another.
func CheckOutDir(flag, path, word string) error {
	if _, err := os.Stat(run.File(path, run.ConfigFile)); err != nil {
		return nil
	}
	return Usagef("--%s: %s is a run's folder, in which nothing but bcl-train writes: choose another, such as --%s %s", flag, quote.Name(path), flag, run.ShellLine(filepath.Clean(path)+"-"+word))
}
