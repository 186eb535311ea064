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
	spent int64 // what Charge added up
	past  int64 // bytes of the pickles before this one
}

// NewDecoder returns a decoder that reads from r. If r is a *bufio.Reader, no
// byte after a pickle is taken from it.
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

// Decode reads the next pickle. Errors give the byte within it and the opcode.
// An input that ends before the pickle does gives an error that wraps
// [io.ErrUnexpectedEOF].
func (d *Decoder) Decode() (any, error) {
	if d.in.have >= 0 {
		d.in.have -= d.in.n
	}
	d.past += d.in.n
	d.in.n, d.spent = 0, 0
	d.stack, d.marks, d.memo = nil, nil, make(map[uint64]any)
	for {
		at := d.in.n
		op, err := d.in.byte()
		if err != nil {
			return nil, fmt.Errorf("pickle: at byte %d: %w", at, err)
		}
		if op == opStop {
			v, err := d.pop()
			if err == nil && (len(d.stack) > 0 || len(d.marks) > 0) {
				err = fmt.Errorf("%d values are left on the stack", len(d.stack))
			}
			if err == nil {
				err = d.checkResult(v)
			}
			if err != nil {
				return nil, fmt.Errorf("pickle: at byte %d (STOP): %w", at, err)
			}
			d.stack, d.memo = nil, nil
			return v, nil
		}
		if err := d.step(op); err != nil {
			return nil, fmt.Errorf("pickle: at byte %d (opcode %s): %w", at, opName(op), err)
		}
	}
}

// Consumed returns the bytes that all calls of Decode took.
func (d *Decoder) Consumed() int64 { return d.past + d.in.n }

func opName(op byte) string {
	if op > ' ' && op < 0x7f {
		return fmt.Sprintf("%q", op)
	}
	return fmt.Sprintf("%#x", op)
}

// Charge accounts for n bytes copied, or items worked on, by a function of an
// allow-list. It is an error when that is out of proportion to what was read,
// as it is when a pickle calls a function on one large value again and again.
func (d *Decoder) Charge(n int) error {
	d.spent += int64(n)
	if limit := 16*d.in.n + 4<<20; d.spent > limit {
		return fmt.Errorf("the pickle makes %d bytes of copies out of %d bytes", d.spent, d.in.n)
	}
	return nil
}

// step runs one opcode.
func (d *Decoder) step(op byte) error {
	switch op {
	case opProto:
		p, err := d.in.byte()
		if err == nil && p > 5 {
			err = fmt.Errorf("protocol %d is not one of 0 to 5", p)
		}
		return err
	case opFrame:
		_, err := d.in.uint(8) // only a hint for buffering
		return err
	case opMark:
		d.marks = append(d.marks, len(d.stack))
		return nil
	case opPop:
		if n := len(d.marks); n > 0 && d.marks[n-1] == len(d.stack) {
			d.marks = d.marks[:n-1]
			return nil
		}
		_, err := d.pop()
		return err
	case opPopMark:
		_, err := d.popMark()
		return err
	case opDup:
		v, err := d.top()
		if err == nil {
			d.push(v)
		}
		return err
	case opNone:
		d.push(nil)
		return nil
	case opNewTrue, opNewFalse:
		d.push(op == opNewTrue)
		return nil
	case opInt, opBinInt, opBinInt1, opBinInt2, opLong, opLong1, opLong4, opFloat, opBinFloat:
		return d.pushed(d.number(op))
	case opString, opBinString, opShortBinString, opUnicode, opBinUnicode, opShortBinUnicode, opBinUnicode8,
		opBinBytes, opShortBinBytes, opBinBytes8, opByteArray8:
		return d.pushed(d.str(op))
	case opPut, opBinPut, opLongBinPut, opMemoize, opGet, opBinGet, opLongBinGet:
		return d.memory(op)
	case opGlobal, opStackGlobal, opReduce, opNewObj, opNewObjEx, opInst, opObj, opPersID, opBinPersID:
		return d.pushed(d.object(op))
	case opBuild:
		return d.build()
	case opExt1, opExt2, opExt4:
		return fmt.Errorf("extension codes are not supported")
	case opNextBuffer:
		return fmt.Errorf("out-of-band buffers are not supported")
	case opReadOnlyBuffer:
		_, err := d.top() // a buffer's being read-only does not matter here
		return err
	}
	return d.container(op)
}
