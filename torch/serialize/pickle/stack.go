package pickle

import (
	"math"
	"strconv"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func (d *Decoder) push(v any) { d.stack = append(d.stack, v) }

// floor is the height below which the stack belongs to an outer mark.
func (d *Decoder) floor() int {
	if n := len(d.marks); n > 0 {
		return d.marks[n-1]
	}
	return 0
}

func (d *Decoder) top() any {
	if len(d.stack) <= d.floor() {
		panic(failure("the stack is empty"))
	}
	return d.stack[len(d.stack)-1]
}

func (d *Decoder) pop() any {
	v := d.top()
	d.stack[len(d.stack)-1] = nil
	d.stack = d.stack[:len(d.stack)-1]
	return v
}

// popN returns a copy of the topmost n values.
func (d *Decoder) popN(n int) []any {
	at := len(d.stack) - n
	if at < d.floor() {
		panic(failure("the stack has %d values, %d are needed", len(d.stack)-d.floor(), n))
	}
	return d.cut(at)
}

// popMark removes the innermost mark and returns a copy of the values above it.
func (d *Decoder) popMark() []any {
	if len(d.marks) == 0 {
		panic(failure("no mark on the stack"))
	}
	at := d.floor()
	d.marks = d.marks[:len(d.marks)-1]
	return d.cut(at)
}

func (d *Decoder) cut(at int) []any {
	out := append([]any(nil), d.stack[at:]...)
	clear(d.stack[at:])
	d.stack = d.stack[:at]
	return out
}

// memory runs the opcodes of the memo.
func (d *Decoder) memory(op byte) {
	var key uint64
	switch op {
	case opPut, opGet:
		key = must(strconv.ParseUint(d.in.line(), 10, 32))
	case opBinPut, opBinGet:
		key = d.in.uint(1)
	case opLongBinPut, opLongBinGet:
		key = d.in.uint(4)
	case opMemoize:
		key = uint64(len(d.memo))
	}
	switch op {
	case opGet, opBinGet, opLongBinGet:
		v, ok := d.memo[key]
		if !ok {
			panic(failure("the memo has no number %d", key))
		}
		switch v.(type) {
		case *Opaque, *npy.Array: // the others need not be comparable
			if new, ok := d.instead[v]; ok {
				v = new
			}
		}
		d.push(v)
		return
	}
	if key > math.MaxUint32 {
		panic(failure("the memo's number %d is too large", key))
	}
	d.memo[key] = d.top()
}
