package torch

// Options of a new tensor. The zero value takes the constructor's own type,
// Float32 except where its documentation says otherwise, on the CPU.
type Options struct {
	DType  *DType // nil: the constructor's own; a pointer because the zero DType is Uint8
	Device Device // the zero Device is the CPU
}

// On returns the Options of elements of a type on a device.
func On(dtype DType, device Device) Options { return Options{&dtype, device} }

// options returns what opts ask for, with the constructor's own type if they name none.
func options(own DType, opts []Options) (DType, Device) {
	if len(opts) == 0 {
		return own, CPU
	}
	o := opts[0]
	if o.DType != nil {
		own = *o.DType
	}
	if o.Device == (Device{}) {
		o.Device = CPU
	}
	return own, o.Device
}

// Zeros returns a tensor of zeros.
func Zeros(shape []int64, opts ...Options) Tensor {
	d, dev := options(Float32, opts)
	return one("zeros", shape, d, nil, dev)
}

// Ones returns a tensor of ones.
func Ones(shape []int64, opts ...Options) Tensor {
	d, dev := options(Float32, opts)
	return one("ones", shape, d, nil, dev)
}

// Empty returns a tensor with undefined values.
func Empty(shape []int64, opts ...Options) Tensor {
	d, dev := options(Float32, opts)
	return one("empty.memory_format", shape, d, nil, dev)
}

// Full returns a tensor filled with v.
func Full(shape []int64, v float64, opts ...Options) Tensor {
	d, dev := options(Float32, opts)
	return one("full", shape, v, d, nil, dev)
}

// Arange returns the integers lo..hi-1, as Int64 if opts name no type.
func Arange(lo, hi int64, opts ...Options) Tensor {
	d, dev := options(Int64, opts)
	return one("arange.start", lo, hi, d, nil, dev)
}

// Eye returns the n x n identity.
func Eye(n int64, opts ...Options) Tensor {
	d, dev := options(Float32, opts)
	return one("eye", n, d, nil, dev)
}

// Randn returns standard normal values.
func Randn(shape []int64, opts ...Options) Tensor {
	d, dev := options(Float32, opts)
	return one("randn", shape, d, nil, dev)
}

// Rand returns values uniform in [0, 1).
func Rand(shape []int64, opts ...Options) Tensor {
	d, dev := options(Float32, opts)
	return one("rand", shape, d, nil, dev)
}

// Randint returns integers uniform in lo..hi-1, as Int64 if opts name no type.
func Randint(lo, hi int64, shape []int64, opts ...Options) Tensor {
	d, dev := options(Int64, opts)
	return one("randint.low", lo, hi, shape, d, nil, dev)
}

// Randperm returns a random order of 0..n-1, as Int64 if opts name no type.
func Randperm(n int64, opts ...Options) Tensor {
	d, dev := options(Int64, opts)
	return one("randperm", n, d, nil, dev)
}

// ZerosLike returns zeros with t's shape, type, device and memory format.
func ZerosLike(t Tensor) Tensor { return one("zeros_like", t) }

// EmptyLike is ZerosLike with undefined values.
func EmptyLike(t Tensor) Tensor { return one("empty_like", t) }
