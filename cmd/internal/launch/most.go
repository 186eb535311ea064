package launch

import (
	"fmt"
	"runtime"
)

// few processes may be started on any machine, such as to try it.
const few = 4

// Most is the largest number of processes that Run may start on this machine, and why: one for
// each of the GPUs that are used, or for each core.
func Most(gpus int) (n int, why string) {
	if gpus > 0 {
		return gpus, fmt.Sprintf("a process each of the %d GPU(s) here", gpus)
	}
	cores := runtime.NumCPU()
	if cores <= few {
		return few, fmt.Sprintf("this machine has %d core(s)", cores)
	}
	return cores, fmt.Sprintf("a process each of the %d cores here", cores)
}
