package ckpt

import (
	"encoding/binary"
	"math"

	"github.com/bcl-go/bcl/torch/dtype"
)

// element reads one element, little-endian. Integers beyond 2^53 are rounded.
func element(d dtype.DType, b []byte) float64 {
	switch d {
	case dtype.Uint8, dtype.Bool:
		return float64(b[0])
	case dtype.Int8:
		return float64(int8(b[0]))
	case dtype.Int16:
		return float64(int16(binary.LittleEndian.Uint16(b)))
	case dtype.Int32:
		return float64(int32(binary.LittleEndian.Uint32(b)))
	case dtype.Int64:
		return float64(int64(binary.LittleEndian.Uint64(b)))
	case dtype.Float16:
		return half(binary.LittleEndian.Uint16(b))
	case dtype.BFloat16:
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
	case dtype.Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case dtype.Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return math.NaN()
}

// half reads IEEE 754's binary16: a sign, five bits of exponent, ten of fraction.
func half(h uint16) float64 {
	exponent, fraction := int(h>>10&31), float64(h&1023)
	v := 0.0
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		v = math.Inf(1)
		if fraction != 0 {
			v = math.NaN()
		}
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if h>>15 != 0 {
		return -v
	}
	return v
}
