// Package device is the flag --device of the commands that run networks.
package device

import (
	"cmp"
	"fmt"
	"runtime"
	"strings"

	_ "github.com/bcl-go/bcl/cgo/workdir" // says if the working directory is gone
	"github.com/bcl-go/bcl/torch"
)

// Open prepares a device by its name ("cpu", "cuda", "cuda:N" or "auto") and the CPU
// threads (0: one per core). It must be called before the first use of tensors. On a GPU
// cuDNN uses only deterministic kernels, as in the authors' code. note is for the user:
// why "auto" found no GPU, and that so many threads hinder each other.
func Open(name string, threads int) (d torch.Device, note string, err error) {
	if d, err = torch.ParseDevice(name); err != nil {
		return d, "", err
	}
	if err := torch.SetNumThreads(threads); err != nil {
		return d, "", err
	}
	if d.IsCUDA() {
		return d, "", cmp.Or(torch.SetDevice(d), torch.CuDNNDeterministic(true))
	}
	if name == "auto" {
		note = fmt.Sprintf("no GPU is used: %v", torch.CUDAAvailable())
	}
	if cores := runtime.GOMAXPROCS(0); threads > 2*cores {
		note = strings.TrimPrefix(fmt.Sprintf("%s; %d threads on %d cores are slower than --threads %[3]d", note, threads, cores), "; ")
	}
	return d, note, nil
}
