package torch

// Options of a new tensor: a DType and a Device; the defaults are Float32 and CPU.
type Options struct {
	DType  DType
	Device Device
}

func options(opts []Options) (DType, Device) {
	if len(opts) == 0 {
		return Float32, CPU
	}
	return opts[0].DType, opts[0].Device
}

// On is short for Options{dtype, device}.
func On(dtype DType, device Device) Options { return Options{dtype, device} }

// Zeros returns a tensor of zeros.
func Zeros(shape []int64, opts ...Options) Tensor {
	d, dev := options(opts)
	return one("zeros", shape, d, nil, dev)
}

// Ones returns a tensor of ones.
func Ones(shape []int64, opts ...Options) Tensor {
	d, dev := options(opts)
	return one("ones", shape, d, nil, dev)
}

// Empty returns a tensor with undefined values.
func Empty(shape []int64, opts ...Options) Tensor {
	d, dev := options(opts)
	return one("empty.memory_format", shape, d, nil, dev)
}

// Full returns a tensor filled with v.
func Full(shape []int64, v float64, opts ...Options) Tensor {
	d, dev := options(opts)
	return one("full", shape, v, d, nil, dev)
}

// Arange returns the integers lo..hi-1 as Int64, or as the given type.
func Arange(lo, hi int64, opts ...Options) Tensor {
	d, dev := Int64, CPU
	if len(opts) > 0 {
		d, dev = options(opts)
	}
	return one("arange.start", lo, hi, d, nil, dev)
}

// Eye returns the n x n identity.
func Eye(n int64, opts ...Options) Tensor {
	d, dev := options(opts)
	return one("eye", n, d, nil, dev)
}

// Randn returns standard normal values.
func Randn(shape []int64, opts ...Options) Tensor {
	d, dev := options(opts)
	return one("randn", shape, d, nil, dev)
}

// Rand returns values uniform in [0, 1).
func Rand(shape []int64, opts ...Options) Tensor {
	d, dev := options(opts)
	return one("rand", shape, d, nil, dev)
}

// Randint returns integers uniform in lo..hi-1 as Int64.
func Randint(lo, hi int64, shape []int64) Tensor { return one("randint.low", lo, hi, shape, Int64) }

// Randperm returns a random order of 0..n-1 as Int64.
func Randperm(n int64) Tensor { return one("randperm", n, Int64) }

// ZerosLike returns zeros with t's shape, type, device and memory format.
func ZerosLike(t Tensor) Tensor { return one("zeros_like", t) }

// EmptyLike is ZerosLike with undefined values.
func EmptyLike(t Tensor) Tensor { return one("empty_like", t) }
