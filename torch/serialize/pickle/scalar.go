package pickle

import (
	"encoding/binary"
	"math"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// scalar returns the first element of a checked array as a Python number.
func scalar(a *npy.Array) any {
	b := a.Data
	switch a.DType {
	case dtype.Bool:
		return b[0] != 0
	case dtype.Uint8:
		return int64(b[0])
	case dtype.Int8:
		return int64(int8(b[0]))
	case dtype.Int16:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case dtype.Int32:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case dtype.Int64:
		return int64(binary.LittleEndian.Uint64(b))
	case dtype.Float16:
		return half(binary.LittleEndian.Uint16(b))
	case dtype.Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

// half converts an IEEE 754 binary16.
func half(u uint16) float64 {
	sign := 1.0
	if u&0x8000 != 0 {
		sign = -1
	}
	exp, frac := int(u>>10&0x1f), float64(u&0x3ff)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 0x1f:
		if frac != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}
