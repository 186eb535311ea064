// Package workdir lets programs that link libtorch say that they were started in a folder
// that has been deleted: MKL, in libtorch_cpu.so, ends them when it is loaded, before main,
// with a message about itself. Programs import it for that alone.
package workdir

import "C"
