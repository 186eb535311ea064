package pickle

import (
	"errors"
	"fmt"
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
func (d *Decoder) number(op byte) (any, error) {
	switch op {
	case opBinInt1:
		u, err := d.in.uint(1)
		return int64(u), err
	case opBinInt2:
		u, err := d.in.uint(2)
		return int64(u), err
	case opBinInt:
		u, err := d.in.uint(4)
		return int64(int32(u)), err
	case opLong1, opLong4:
		size := 1
		if op == opLong4 {
			size = 4
		}
		n, err := d.in.uint(size)
		if err != nil {
			return nil, err
		}
		if n > math.MaxInt32 {
			return nil, fmt.Errorf("an int of %d bytes", n)
		}
		b, err := d.in.bytes(n)
		if err != nil {
			return nil, err
		}
		return twosComplement(b), nil
	case opBinFloat:
		u, err := d.in.uint(8)
		return math.Float64frombits(bits.ReverseBytes64(u)), err // big-endian
	}
	line, err := d.in.line()
	if err != nil {
		return nil, err
	}
	switch op {
	case opInt:
		switch line {
		case "00":
			return false, nil
		case "01":
			return true, nil
		}
		return decimal(line)
	case opLong:
		return decimal(strings.TrimSuffix(line, "L"))
	}
	return float(line)
}

func decimal(s string) (any, error) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
		return nil, fmt.Errorf("not a decimal int: %.40q", s)
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, nil
	}
	i, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return nil, fmt.Errorf("not a decimal int: %.40q", s)
	}
	return i, nil
}

func float(s string) (any, error) {
	if len(s) > 1000 || strings.ContainsAny(s, "xXpP_") {
		return nil, fmt.Errorf("not a float: %.40q", s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // 1e999 is inf, as in Python
		return nil, fmt.Errorf("not a float: %.40q", s)
	}
	return f, nil
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
