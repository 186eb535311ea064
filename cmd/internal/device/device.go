// Package device is the flag --device of the commands that run networks.
package device

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/bcl-go/bcl/torch"
)

// Open prepares a device by its name ("cpu", "cuda", "cuda:N" or "auto") and the
// threads of the CPU (0: one for each core). It must come before the first use of
// tensors. On a GPU cuDNN is kept to deterministic kernels, as in the authors' code.
// note is what a person should know: why "auto" found no GPU, and that so many threads
// hinder each other.
func Open(name string, threads int) (d torch.Device, note string, err error) {
	if d, err = torch.ParseDevice(name); err != nil {
		return d, "", err
	}
	if err := torch.SetNumThreads(threads); err != nil {
		return d, "", err
	}
	if d.IsCUDA() {
		return d, "", torch.CuDNNDeterministic(true)
	}
	if name == "auto" {
		note = fmt.Sprintf("no GPU is used: %v", torch.CUDAAvailable())
	}
	if cores := runtime.GOMAXPROCS(0); threads > 2*cores {
		note = strings.TrimPrefix(fmt.Sprintf("%s; %d threads on %d cores are slower than --threads %[3]d", note, threads, cores), "; ")
	}
	return d, note, nil
}
