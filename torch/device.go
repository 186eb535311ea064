package torch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/bcl-go/bcl/cgo"
)

type deviceType int

// Device is where tensors live.
type Device struct {
	Type  deviceType
	Index int // number of the GPU; -1 is the current one, and the CPU
}

// Device types, numbered as in c10/core/DeviceType.h.
const (
	cpuType  deviceType = 0
	cudaType deviceType = 1
)

// CPU is the host.
var CPU = Device{cpuType, -1}

// CUDA returns the GPU with a number.
func CUDA(index int) Device { return Device{cudaType, index} }

// IsCUDA reports whether d is a GPU.
func (d Device) IsCUDA() bool { return d.Type == cudaType }

// String returns PyTorch's name, such as "cpu" or "cuda:0".
func (d Device) String() string {
	name := "cpu"
	if d.IsCUDA() {
		name = "cuda"
	}
	if d.Index < 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, d.Index)
}

// ErrDeviceName is why [ParseDevice] fails for what is no device's name on any machine.
var ErrDeviceName = errors.New("is not cpu, cuda, cuda:N or auto")

// ParseDevice reads "cpu", "cuda" (the first GPU), "cuda:N" or "auto" (the first
// GPU if it can be used, else the CPU: [CUDAAvailable] then says why), and for CUDA
// loads its libraries and checks that the GPU exists. It must be called before the
// first use of tensors for CUDA to work.
func ParseDevice(name string) (Device, error) {
	switch {
	case name == "cpu":
		return CPU, nil
	case name == "auto" && CUDAAvailable() != nil:
		return CPU, nil
	case name == "auto":
		return CUDA(0), nil
	}
	kind, number, found := strings.Cut(name, ":")
	index := 0
	if found {
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			kind = ""
		}
		index = n
	}
	if kind != "cuda" {
		return Device{}, fmt.Errorf("device %q %w", name, ErrDeviceName)
	}
	n, err := cudaDevices()
	if err != nil {
		return Device{}, fmt.Errorf("device %q: CUDA not available: %w", name, err)
	}
	if index >= n {
		return Device{}, fmt.Errorf("device %q: this machine has %d GPU(s)", name, n)
	}
	return CUDA(index), nil
}

// CUDAAvailable returns nil if a GPU can be used and else the reason. Like
// ParseDevice it must be called before the first use of tensors; the result is cached
// for later calls.
func CUDAAvailable() error {
	_, err := cudaDevices()
	return err
}

var cudaDevices = sync.OnceValues(func() (int, error) {
	if err := cgo.OpenCUDA(); err != nil {
		return 0, fmt.Errorf("%w (BCL_CUDA=1 make build fetches the CUDA libraries)", err)
	}
	n, err := cgo.CUDADeviceCount()
	if err == nil && n == 0 {
		err = errors.New("no GPU")
	}
	if err == nil {
		err = cgo.CUDAHooks()
	}
	return n, err
})

// Name returns the name of the hardware, such as "NVIDIA H100"; "cpu" for the CPU.
func (d Device) Name() (string, error) {
	if !d.IsCUDA() {
		return "cpu", nil
	}
	return cgo.CUDADeviceName(max(d.Index, 0))
}

// Capability returns the compute capability of a GPU, such as 9 and 0 for an H100
// (torch.cuda.get_device_capability); zeros for the CPU.
func (d Device) Capability() (major, minor int, err error) {
	if !d.IsCUDA() {
		return 0, 0, nil
	}
	return cgo.CUDACapability(max(d.Index, 0))
}

// SetDevice makes a GPU the current one (torch.cuda.set_device), of all threads: in each
// from its next [Do] on. Operators on tensors of another GPU still work, and change the
// device for each.
func SetDevice(d Device) error {
	if !d.IsCUDA() {
		return nil
	}
	return cgo.CUDAUseDevice(max(d.Index, 0))
}

// Synchronize waits until d has finished its work.
func (d Device) Synchronize() error {
	if !d.IsCUDA() {
		return nil
	}
	return cgo.CUDASynchronize(max(d.Index, 0))
}

// MemoryStats is the state of a GPU's caching allocator, in bytes.
type MemoryStats struct{ Allocated, Peak, Reserved int64 }

// Memory returns the allocator's state; zero for the CPU.
func (d Device) Memory() (MemoryStats, error) {
	if !d.IsCUDA() {
		return MemoryStats{}, nil
	}
	allocated, peak, reserved, err := cgo.CUDAMemory(max(d.Index, 0))
	return MemoryStats{allocated, peak, reserved}, err
}

// EmptyCache returns cached GPU memory to the driver.
func (d Device) EmptyCache() error {
	if !d.IsCUDA() {
		return nil
	}
	return cgo.CUDAEmptyCache()
}

// CUDADeviceCount counts the GPUs (torch.cuda.device_count); without one the error gives the
// reason.
func CUDADeviceCount() (int, error) { return cudaDevices() }
