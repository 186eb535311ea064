package dtype

import (
	"encoding/binary"
	"math"
)

// Int reads an element of an integer type or Bool, little-endian.
func (d DType) Int(b []byte) int64 {
	switch d {
	case Int8:
		return int64(int8(b[0]))
	case Int16:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case Int32:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	case Int64:
		return int64(binary.LittleEndian.Uint64(b))
	}
	return int64(b[0])
}

// Float reads an element of any type, little-endian. Integers beyond 2^53 are rounded; an
// unknown type gives NaN.
func (d DType) Float(b []byte) float64 {
	switch d {
	case Float16:
		return half(binary.LittleEndian.Uint16(b))
	case BFloat16:
		return float64(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
	case Float32:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case Float64:
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	case Uint8, Bool, Int8, Int16, Int32, Int64:
		return float64(d.Int(b))
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
