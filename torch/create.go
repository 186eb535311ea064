package torch

// Options of a new tensor. The zero value means the constructor's default type, Float32
// unless its documentation says otherwise, on the CPU.
type Options struct {
	DType  *DType // nil: the constructor's default; a pointer because the zero DType is Uint8
	Device Device // the zero Device is the CPU
}

// On returns Options with a type and a device.
func On(dtype DType, device Device) Options { return Options{&dtype, device} }

// create runs a constructor with args and opts; own is the type if opts name none.
func create(op string, own DType, opts []Options, args ...any) Tensor {
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.DType != nil {
		own = *o.DType
	}
	if o.Device == (Device{}) {
		o.Device = CPU
	}
	return one(op, append(args, own, nil, o.Device)...)
}

// Zeros returns a tensor of zeros.
func Zeros(shape []int64, opts ...Options) Tensor { return create("zeros", Float32, opts, shape) }

// Ones returns a tensor of ones.
func Ones(shape []int64, opts ...Options) Tensor { return create("ones", Float32, opts, shape) }

// Empty returns a tensor with undefined values.
func Empty(shape []int64, opts ...Options) Tensor {
	return create("empty.memory_format", Float32, opts, shape)
}

// Full returns a tensor filled with v.
func Full(shape []int64, v float64, opts ...Options) Tensor {
	return create("full", Float32, opts, shape, v)
}

// Arange returns the integers lo..hi-1, as Int64 if opts name no type.
func Arange(lo, hi int64, opts ...Options) Tensor { return create("arange.start", Int64, opts, lo, hi) }

// Eye returns the n x n identity.
func Eye(n int64, opts ...Options) Tensor { return create("eye", Float32, opts, n) }

// Randn returns standard normal values.
func Randn(shape []int64, opts ...Options) Tensor { return create("randn", Float32, opts, shape) }

// Rand returns values uniform in [0, 1).
func Rand(shape []int64, opts ...Options) Tensor { return create("rand", Float32, opts, shape) }

// Randint returns integers uniform in lo..hi-1, as Int64 if opts name no type.
func Randint(lo, hi int64, shape []int64, opts ...Options) Tensor {
	return create("randint.low", Int64, opts, lo, hi, shape)
}

// Randperm returns a random order of 0..n-1, as Int64 if opts name no type.
func Randperm(n int64, opts ...Options) Tensor { return create("randperm", Int64, opts, n) }

// ZerosLike returns zeros with t's shape, type, device and memory format.
func ZerosLike(t Tensor) Tensor { return one("zeros_like", t) }

// EmptyLike is ZerosLike with undefined values.
func EmptyLike(t Tensor) Tensor { return one("empty_like", t) }
