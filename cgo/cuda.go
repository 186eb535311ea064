package cgo

// #include <stdlib.h>
// #include "bcl_torch.h"
import "C"

import (
	"os"
	"path/filepath"
	"sync"
	"unsafe"
)

// ShimName is the file name of the CUDA half.
const ShimName = "libbcl_cuda.so"

var openCUDA = sync.OnceValue(func() error {
	shim := findShim()
	paths := make([]*C.char, 3)
	for i, p := range []string{"libc10_cuda.so", "libtorch_cuda.so", shim} {
		paths[i] = C.CString(p)
		defer C.free(unsafe.Pointer(paths[i]))
	}
	return result(C.bt_cuda_open(paths[0], paths[1], paths[2]))
})

// OpenCUDA loads the CUDA libraries, once. It must be called before the first use of
// libtorch in the process: a backward pass made before it leaves CUDA disabled.
func OpenCUDA() error { return openCUDA() }

// findShim looks for the CUDA half in BCL_CUDA_SHIM, next to the executable, and in
// ../lib of it; otherwise the loader searches (rpath, LD_LIBRARY_PATH).
func findShim() string {
	if p := os.Getenv("BCL_CUDA_SHIM"); p != "" {
		return p
	}
	if exe, err := os.Executable(); err == nil {
		dir := filepath.Dir(exe)
		for _, p := range []string{filepath.Join(dir, ShimName), filepath.Join(dir, "..", "lib", ShimName)} {
			if _, err := os.Stat(p); err == nil {
				return p
			}
		}
	}
	return ShimName
}

// CUDADeviceCount counts the GPUs; without one the error gives the reason.
func CUDADeviceCount() (int, error) {
	var n C.int32_t
	err := result(C.bt_cuda_device_count(&n))
	return int(n), err
}

// CUDADeviceName returns the name of a GPU.
func CUDADeviceName(device int) (string, error) {
	return text(func(s **C.char) C.bt_error { return C.bt_cuda_device_name(C.int32_t(device), s) })
}

// CUDACapability returns the compute capability of a GPU, such as 9 and 0.
func CUDACapability(device int) (major, minor int, err error) {
	var a, b C.int32_t
	err = result(C.bt_cuda_capability(C.int32_t(device), &a, &b))
	return int(a), int(b), err
}

// CUDAHooks returns an error if libtorch was used before OpenCUDA: it then computes nothing
// on a GPU for the life of the process.
func CUDAHooks() error { return result(C.bt_cuda_hooks()) }

// CUDAUseDevice makes a GPU the current one of each thread, from its next scope on.
func CUDAUseDevice(device int) error { return result(C.bt_cuda_use_device(C.int32_t(device))) }

// CUDASynchronize waits for a GPU.
func CUDASynchronize(device int) error { return result(C.bt_cuda_synchronize(C.int32_t(device))) }

// CUDAEmptyCache returns cached GPU memory to the driver.
func CUDAEmptyCache() error { return result(C.bt_cuda_empty_cache()) }

// CUDAMemory returns the bytes allocated, their peak, and the bytes reserved.
func CUDAMemory(device int) (allocated, peak, reserved int64, err error) {
	var a, p, r C.int64_t
	err = result(C.bt_cuda_memory(C.int32_t(device), &a, &p, &r))
	return int64(a), int64(p), int64(r), err
}

// CUDACompile compiles the project's own kernels for an architecture such as "sm_90", which
// needs no GPU, and returns the bytes of code.
func CUDACompile(architecture string) (int, error) {
	a := C.CString(architecture)
	defer C.free(unsafe.Pointer(a))
	var n C.int64_t
	err := result(C.bt_cuda_compile(a, &n))
	return int(n), err
}
