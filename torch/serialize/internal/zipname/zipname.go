// Package zipname checks the names of records in zip archives of unknown origin.
package zipname

import (
	"errors"
	"fmt"
	"strings"
)

// maxLen is the longest path of file systems.
const maxLen = 4096

// Check returns an error for a name that could leave the folder it is unpacked in, or
// garble a message. A colon is allowed: nothing is unpacked, and names contain times of
// day ("run_12:30:05") and TensorFlow's outputs ("kernel:0").
func Check(name string) error {
	if len(name) > maxLen {
		return fmt.Errorf("%d bytes, more than %d", len(name), maxLen)
	}
	if i := strings.IndexAny(name, "\\\x00\r\n"); i >= 0 {
		return fmt.Errorf("the character %q in it", name[i])
	}
	if strings.HasPrefix(name, "/") {
		return errors.New("it begins with a slash")
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("a part that is %q", part)
		}
	}
	return nil
}
