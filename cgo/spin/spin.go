// Package spin makes libtorch's threads sleep soon while they wait, rather than spin: spinning
// takes the cores from other work, our own goroutines included. libgomp reads the variable
// GOMP_SPINCOUNT when it is loaded, so programs that import this package start again with it
// before libraries begin to work, unless the environment says how to wait. Programs import it
// for that alone.
package spin

import "C"
