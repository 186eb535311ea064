package cgo

// #include <stdlib.h>
// #include "bcl_torch.h"
import "C"

// ManualSeed seeds the generators of all devices.
func ManualSeed(seed uint64) error { return result(C.bt_manual_seed(C.uint64_t(seed))) }

// RNGState returns the state of a device's default generator, a uint8 tensor.
func RNGState(device, index int) (Tensor, error) {
	var t C.bt_tensor
	err := result(C.bt_rng_state(C.int32_t(device), C.int32_t(index), &t))
	return Tensor(t), err
}

// SetRNGState restores a state of RNGState.
func SetRNGState(device, index int, state Tensor) error {
	return result(C.bt_set_rng_state(C.int32_t(device), C.int32_t(index), C.bt_tensor(state)))
}

// SetThreads sets the threads within an operator; 0 leaves them unchanged.
func SetThreads(n int) error { return result(C.bt_set_threads(C.int32_t(n))) }

// Threads returns the threads within an operator.
func Threads() (int, error) {
	var n C.int32_t
	err := result(C.bt_threads(&n))
	return int(n), err
}

// SetDeterministic is torch.use_deterministic_algorithms.
func SetDeterministic(on bool) error { return result(C.bt_set_deterministic(flag(on))) }

// SetTF32 allows TF32 in matrix products and convolutions on CUDA.
func SetTF32(on bool) error { return result(C.bt_set_tf32(flag(on))) }

// SetCuDNNBenchmark is torch.backends.cudnn.benchmark.
func SetCuDNNBenchmark(on bool) error { return result(C.bt_set_cudnn_benchmark(flag(on))) }

// SetCuDNNDeterministic is torch.backends.cudnn.deterministic.
func SetCuDNNDeterministic(on bool) error { return result(C.bt_set_cudnn_deterministic(flag(on))) }

// Version returns the version of libtorch that this was compiled against.
func Version() (string, error) {
	return text(func(s **C.char) C.bt_error { return C.bt_version(s) })
}

// Config returns how libtorch was built and how it runs in parallel.
func Config() (string, error) {
	return text(func(s **C.char) C.bt_error { return C.bt_config(s) })
}
