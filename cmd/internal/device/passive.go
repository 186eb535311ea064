package device

import (
	"os"
	"syscall"
)

// Passive lets libtorch's threads sleep while they wait, rather than spin: spinning takes the
// cores from whoever else works there, our own goroutines included. libgomp reads the
// variable when it is loaded, before main, so this process begins again with it, unless the
// environment says how to wait. It must come first in main.
func Passive() {
	for _, name := range []string{"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} {
		if os.Getenv(name) != "" {
			return
		}
	}
	self, err := os.Executable()
	if err == nil && os.Setenv("OMP_WAIT_POLICY", "passive") == nil {
		syscall.Exec(self, os.Args, os.Environ()) // where that is not allowed they spin
	}
}
