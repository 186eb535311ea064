package cli

import (
	"fmt"
	"runtime"

	"github.com/bcl-go/bcl/bcl/version"
)

// Libtorch returns the version of libtorch. The mains of the commands that link it set
// it, so that this package needs no C.
var Libtorch func() (string, error)

// versionLine is what --version prints: the version, the commit, whether the program runs natively or
// in an image, and its toolchain.
func versionLine(program string) string {
	line := fmt.Sprintf("%s %s (%s, %s)", program, version.Number, version.Commit(), version.Home())
	if Libtorch != nil {
		v, err := Libtorch()
		if err != nil {
			v = "unknown: " + err.Error()
		}
		line += ", libtorch " + v
	}
	return line + ", " + runtime.Version()
}
