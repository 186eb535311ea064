// Package device is the flag --device of the commands that run networks.
package device

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	_ "github.com/bcl-go/bcl/cgo/spin"    // waiting threads sleep soon
	_ "github.com/bcl-go/bcl/cgo/workdir" // says if the working directory is gone
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

// Auto, the flag's default, is a GPU if one can be used, else the CPU.
const Auto = "auto"

// Parse reads the name of a device. One that there cannot be is an error of usage. Where there is no driver, the default does not even look
// for CUDA's libraries.
func Parse(name string, asked bool) (torch.Device, error) {
	if name == Auto && !asked && !hasDriver() {
		return torch.CPU, nil
	}
	d, err := torch.ParseDevice(name)
	if errors.Is(err, torch.ErrDeviceName) {
		err = &cli.UsageError{Err: fmt.Errorf("--%w", err)}
	}
	return d, err
}

// hasDriver reports whether NVIDIA's driver is there, or that of WSL 2: why no GPU is used is
// then worth a word even to those who asked for none.
func hasDriver() bool {
	_, native := os.Stat("/proc/driver/nvidia/version")
	_, wsl := os.Stat("/dev/dxg")
	return native == nil || wsl == nil
}

// Open prepares a device by its name ("cpu", "cuda", "cuda:N" or "auto") and the CPU
// threads (0: one per core). It must be called before the first use of tensors. On a GPU
// cuDNN uses only deterministic kernels, as in the authors' code. note is for the user:
// why "auto" found no GPU, if the user asked for it or there should be one, and that so many
// threads hinder each other.
func Open(name string, asked bool, threads int) (d torch.Device, note string, err error) {
	if d, err = Parse(name, asked); err != nil {
		return d, "", err
	}
	if err := torch.SetNumThreads(threads); err != nil {
		return d, "", err
	}
	if d.IsCUDA() {
		return d, "", cmp.Or(torch.SetDevice(d), torch.CuDNNDeterministic(true))
	}
	if name == Auto && (asked || hasDriver()) {
		note = fmt.Sprintf("no GPU is used: %v", torch.CUDAAvailable())
	}
	if cores := runtime.GOMAXPROCS(0); threads > 2*cores {
		note = strings.TrimPrefix(fmt.Sprintf("%s; %d threads on %d cores are slower than --threads %[3]d", note, threads, cores), "; ")
	}
	return d, note, nil
}
