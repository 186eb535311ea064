package torch

import "github.com/bcl-go/bcl/cgo"

// ManualSeed seeds libtorch's generators, used to initialise weights (torch.manual_seed).
func ManualSeed(seed uint64) error { return cgo.ManualSeed(seed) }

// RNGState returns the state of a device's generator (torch.get_rng_state).
func RNGState(d Device) Tensor {
	t, err := cgo.RNGState(int(d.Type), d.Index)
	check("get_rng_state", err)
	return Tensor{t}
}

// SetRNGState restores a state that RNGState returned.
func SetRNGState(d Device, state Tensor) {
	check("set_rng_state", cgo.SetRNGState(int(d.Type), d.Index, state.h))
}

// SetNumThreads sets the number of threads within an operator; 0 leaves it unchanged,
// initially one per core.
func SetNumThreads(n int) error { return cgo.SetThreads(n) }

// NumThreads returns the number of threads within an operator.
func NumThreads() (int, error) { return cgo.Threads() }

// UseDeterministicAlgorithms makes operators without a deterministic kernel fail.
func UseDeterministicAlgorithms(on bool) error { return cgo.SetDeterministic(on) }

// AllowTF32 lets matrix products and convolutions on CUDA use TF32.
func AllowTF32(on bool) error { return cgo.SetTF32(on) }

// CuDNNBenchmark lets cuDNN time its algorithms and use the fastest.
func CuDNNBenchmark(on bool) error { return cgo.SetCuDNNBenchmark(on) }

// CuDNNDeterministic restricts cuDNN to algorithms that give the same bits each time
// (torch.backends.cudnn.deterministic).
func CuDNNDeterministic(on bool) error { return cgo.SetCuDNNDeterministic(on) }

// Version returns the version of libtorch.
func Version() (string, error) { return cgo.Version() }

// Config returns how libtorch was built and how it runs in parallel.
func Config() (string, error) { return cgo.Config() }
