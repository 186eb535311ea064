//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package filelock

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// Try returns an error: there are no locks here.
func Try(*os.File) error {
	return fmt.Errorf("no locks of files on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}
