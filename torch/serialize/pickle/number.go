package pickle

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// maxDigits limits decimal integers, as Python does: reading takes quadratic time.
const maxDigits = 4300

// number reads the argument of an opcode that pushes an int, bool or float.
func (d *Decoder) number(op byte) any {
	switch op {
	case opBinInt1:
		return int64(d.in.uint(1))
	case opBinInt2:
		return int64(d.in.uint(2))
	case opBinInt:
		return int64(int32(d.in.uint(4)))
	case opLong1:
		return d.long(1)
	case opLong4:
		return d.long(4)
	case opBinFloat:
		return math.Float64frombits(bits.ReverseBytes64(d.in.uint(8))) // big-endian
	}
	line := d.in.line()
	switch {
	case op == opInt && line == "00":
		return false
	case op == opInt && line == "01":
		return true
	case op == opInt:
		return decimal(line)
	case op == opLong:
		return decimal(strings.TrimSuffix(line, "L"))
	}
	return float(line)
}

// long reads an int after its number of bytes, an integer of size bytes.
func (d *Decoder) long(size int) any {
	n := d.in.uint(size)
	if n > math.MaxInt32 {
		panic(failure("an int of %d bytes", n))
	}
	return twosComplement(d.in.bytes(n))
}

func decimal(s string) any {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
		panic(failure("not a decimal int: %.40q", s))
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i
	}
	i, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(failure("not a decimal int: %.40q", s))
	}
	return i
}

func float(s string) any {
	if len(s) > 1000 || strings.ContainsAny(s, "xXpP_") {
		panic(failure("not a float: %.40q", s))
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // 1e999 is inf, as in Python
		panic(failure("not a float: %.40q", s))
	}
	return f
}

// twosComplement reads a little-endian signed integer of any length.
func twosComplement(b []byte) any {
	if len(b) == 0 {
		return int64(0)
	}
	b = slices.Clone(b)
	slices.Reverse(b)
	i := new(big.Int).SetBytes(b)
	if b[0]&0x80 != 0 {
		i.Sub(i, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if i.IsInt64() {
		return i.Int64()
	}
	return i
}
