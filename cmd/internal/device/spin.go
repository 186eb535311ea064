package device

import (
	"os"
	"syscall"
)

// spins is how often a thread of libtorch looks for work before it sleeps,
// where the default of libgomp is 300,000: docs/performance.md has the measurements.
const spins = "100000"

// ShortSpin makes libtorch's threads sleep soon while they wait, rather than spin: spinning
// takes the cores from other work, our own goroutines included. libgomp reads the variable
// when it is loaded, before main, so this process starts again with it, unless the
// environment says how to wait. It must come first in main.
func ShortSpin() {
	for _, name := range []string{"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"} {
		if os.Getenv(name) != "" {
			return
		}
	}
	self, err := os.Executable()
	if err == nil && os.Setenv("GOMP_SPINCOUNT", spins) == nil {
		syscall.Exec(self, os.Args, os.Environ()) // where that is not allowed they spin
	}
}
