package pickle

import (
	"encoding/binary"
	"math"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

func (e *encoder) bool(v bool) {
	if v {
		e.buf.WriteByte(opNewTrue)
	} else {
		e.buf.WriteByte(opNewFalse)
	}
}

func (e *encoder) float(v float64) {
	e.buf.Write(binary.BigEndian.AppendUint64([]byte{opBinFloat}, math.Float64bits(v)))
}

func (e *encoder) int(v int64) {
	switch {
	case v >= 0 && v <= 0xff:
		e.buf.Write([]byte{opBinInt1, byte(v)})
	case v >= 0 && v <= 0xffff:
		e.buf.Write(binary.LittleEndian.AppendUint16([]byte{opBinInt2}, uint16(v)))
	case v == int64(int32(v)):
		e.buf.Write(binary.LittleEndian.AppendUint32([]byte{opBinInt}, uint32(v)))
	default:
		e.long(big.NewInt(v))
	}
}

func (e *encoder) bigInt(v *big.Int) {
	switch {
	case v == nil:
		panic(failure("a nil *big.Int cannot be written"))
	case v.IsInt64():
		e.int(v.Int64())
	default:
		e.long(v)
	}
}

// long writes a little-endian two's complement number in the fewest bytes.
func (e *encoder) long(v *big.Int) {
	// -2^(8n-1) fits n bytes though its absolute value has 8n bits.
	n := v.BitLen()/8 + 1
	if v.Sign() < 0 {
		n = new(big.Int).Not(v).BitLen()/8 + 1
		v = new(big.Int).Add(v, new(big.Int).Lsh(big.NewInt(1), uint(8*n)))
	}
	b := v.FillBytes(make([]byte, n))
	slices.Reverse(b)
	if n < 256 {
		e.buf.Write([]byte{opLong1, byte(n)})
	} else {
		e.buf.Write(binary.LittleEndian.AppendUint32([]byte{opLong4}, uint32(n)))
	}
	e.buf.Write(b)
}

func (e *encoder) string(s string) {
	if !utf8.ValidString(s) {
		panic(failure("a string is not UTF-8: %.40q", s))
	}
	if len(s) > math.MaxInt32 {
		panic(failure("a string of %d bytes is too long for protocol 2", len(s)))
	}
	e.buf.Write(binary.LittleEndian.AppendUint32([]byte{opBinUnicode}, uint32(len(s))))
	e.buf.WriteString(s)
	e.put(s)
}

// bytes writes bytes, for which protocol 2 has no opcode, as a call that encodes text.
func (e *encoder) bytes(b []byte) {
	r := &Reduction{Fn: Global{"_codecs", "encode"}, Args: NewTuple(latin1(b), "latin1")}
	if len(b) == 0 {
		r = &Reduction{Fn: Global{"__builtin__", "bytes"}, Args: NewTuple()}
	}
	e.reduction(r, r)
}

func (e *encoder) global(g Global) {
	if !e.get(g) {
		e.buf.WriteByte(opGlobal)
		e.buf.WriteString(strings.Join([]string{g.Module, g.Name, ""}, "\n"))
		e.put(g)
	}
}

// put stores the last written value in the memo. A nil key takes up a number, as in
// CPython, but is never looked up.
func (e *encoder) put(key any) {
	if key != nil {
		e.memo[key] = e.next
	}
	if e.next < 256 {
		e.buf.Write([]byte{opBinPut, byte(e.next)})
	} else {
		e.buf.Write(binary.LittleEndian.AppendUint32([]byte{opLongBinPut}, e.next))
	}
	e.next++
}

// get writes a reference to key if it was written before.
func (e *encoder) get(key any) bool {
	i, ok := e.memo[key]
	if !ok {
		return false
	}
	if i < 256 {
		e.buf.Write([]byte{opBinGet, byte(i)})
	} else {
		e.buf.Write(binary.LittleEndian.AppendUint32([]byte{opLongBinGet}, i))
	}
	return true
}
