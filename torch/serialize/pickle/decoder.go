package pickle

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// Decoder reads pickles that follow each other in a stream.
type Decoder struct {
	opts  Options
	in    input
	stack []any
	marks []int // heights of the stack, innermost last
	memo  map[uint64]any
	// instead has the values that [Decoder.replace] put in the place of others.
	instead map[any]any
	spent   int64 // sum of the charges
	past    int64 // bytes of the pickles before this one
}

// NewDecoder returns a decoder that reads from r. If r is a *bufio.Reader, nothing after
// a pickle is consumed.
func NewDecoder(r io.Reader, opts Options) *Decoder {
	d := &Decoder{opts: opts}
	d.in = input{r: bufio.NewReader(r), have: -1, max: opts.MaxSize}
	if d.in.max <= 0 {
		d.in.max = DefaultMaxSize
	}
	return d
}

// Unmarshal reads a pickle that takes up all of data.
func Unmarshal(data []byte, opts Options) (any, error) {
	d := NewDecoder(bytes.NewReader(data), opts)
	d.in.have = int64(len(data))
	v, err := d.Decode()
	if err == nil && d.in.n != int64(len(data)) {
		return nil, fmt.Errorf("pickle: %d bytes after the end at byte %d", int64(len(data))-d.in.n, d.in.n)
	}
	return v, err
}

// Decode reads the next pickle. Errors give the byte within it and the opcode. A
// truncated input gives an error that wraps [io.ErrUnexpectedEOF].
func (d *Decoder) Decode() (v any, err error) {
	if d.in.have >= 0 {
		d.in.have -= d.in.n
	}
	d.past += d.in.n
	d.in.n, d.spent = 0, 0
	d.stack, d.marks, d.memo, d.instead = nil, nil, make(map[uint64]any), nil
	at, op := int64(0), noOp
	defer catch(func(why error) { v, err = nil, fmt.Errorf("pickle: at byte %d%s: %w", at, opName(op), why) })
	for {
		at, op = d.in.n, noOp
		if op = int(d.in.byte()); op == opStop {
			break
		}
		d.step(byte(op))
	}
	v = d.pop()
	if len(d.stack) > 0 || len(d.marks) > 0 {
		panic(failure("%d values are left on the stack", len(d.stack)))
	}
	ensure(d.checkResult(v))
	d.stack, d.memo, d.instead = nil, nil, nil
	return v, nil
}

// Consumed returns the number of bytes that all calls of Decode read.
func (d *Decoder) Consumed() int64 { return d.past + d.in.n }

// noOp is not an opcode: one is being read.
const noOp = -1

func opName(op int) string {
	switch {
	case op == noOp:
		return ""
	case op == opStop:
		return " (STOP)"
	case op > ' ' && op < 0x7f:
		return fmt.Sprintf(" (opcode %q)", rune(op))
	}
	return fmt.Sprintf(" (opcode %#x)", op)
}

// Charge accounts for n bytes copied, or items processed, by a function of an allow-list.
// It is an error if that is out of proportion to the bytes read, as when a pickle calls a
// function repeatedly on one large value.
func (d *Decoder) Charge(n int) error {
	d.spent += int64(n)
	if limit := 16*d.in.n + 4<<20; d.spent > limit {
		return fmt.Errorf("the pickle makes %d bytes of copies out of %d bytes", d.spent, d.in.n)
	}
	return nil
}

// step runs one opcode.
func (d *Decoder) step(op byte) {
	switch op {
	case opProto:
		if p := d.in.byte(); p > 5 {
			panic(failure("protocol %d is not one of 0 to 5", p))
		}
	case opFrame:
		d.in.uint(8) // only a hint for buffering
	case opMark:
		d.marks = append(d.marks, len(d.stack))
	case opPop:
		if n := len(d.marks); n > 0 && d.marks[n-1] == len(d.stack) {
			d.marks = d.marks[:n-1]
		} else {
			d.pop()
		}
	case opPopMark:
		d.popMark()
	case opDup:
		d.push(d.top())
	case opNone:
		d.push(nil)
	case opNewTrue, opNewFalse:
		d.push(op == opNewTrue)
	case opInt, opBinInt, opBinInt1, opBinInt2, opLong, opLong1, opLong4, opFloat, opBinFloat:
		d.push(d.number(op))
	case opString, opBinString, opShortBinString, opUnicode, opBinUnicode, opShortBinUnicode, opBinUnicode8,
		opBinBytes, opShortBinBytes, opBinBytes8, opByteArray8:
		d.push(d.str(op))
	case opPut, opBinPut, opLongBinPut, opMemoize, opGet, opBinGet, opLongBinGet:
		d.memory(op)
	case opGlobal, opStackGlobal, opReduce, opNewObj, opNewObjEx, opInst, opObj, opPersID, opBinPersID:
		d.push(d.object(op))
	case opBuild:
		state := d.pop()
		if v := must(d.build(d.top(), state)); v != nil {
			d.replace(v)
		}
	case opExt1, opExt2, opExt4:
		panic(failure("extension codes are not supported"))
	case opNextBuffer:
		panic(failure("out-of-band buffers are not supported"))
	case opReadOnlyBuffer:
		d.top() // that a buffer is read-only does not matter here
	default:
		d.container(op)
	}
}
