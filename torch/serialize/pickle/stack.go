package pickle

import (
	"fmt"
	"math"
	"strconv"
)

func (d *Decoder) push(v any) { d.stack = append(d.stack, v) }

// pushed pushes the value of a function that may fail.
func (d *Decoder) pushed(v any, err error) error {
	if err == nil {
		d.push(v)
	}
	return err
}

// floor is the height below which the stack belongs to an outer mark.
func (d *Decoder) floor() int {
	if n := len(d.marks); n > 0 {
		return d.marks[n-1]
	}
	return 0
}

func (d *Decoder) top() (any, error) {
	if len(d.stack) <= d.floor() {
		return nil, fmt.Errorf("the stack is empty")
	}
	return d.stack[len(d.stack)-1], nil
}

func (d *Decoder) pop() (any, error) {
	v, err := d.top()
	if err == nil {
		d.stack[len(d.stack)-1] = nil
		d.stack = d.stack[:len(d.stack)-1]
	}
	return v, err
}

// popN returns a copy of the topmost n values.
func (d *Decoder) popN(n int) ([]any, error) {
	at := len(d.stack) - n
	if at < d.floor() {
		return nil, fmt.Errorf("the stack has %d values, %d are needed", len(d.stack)-d.floor(), n)
	}
	return d.cut(at), nil
}

// popMark removes the innermost mark and returns a copy of what lies above it.
func (d *Decoder) popMark() ([]any, error) {
	if len(d.marks) == 0 {
		return nil, fmt.Errorf("there is no mark")
	}
	at := d.floor()
	d.marks = d.marks[:len(d.marks)-1]
	return d.cut(at), nil
}

func (d *Decoder) cut(at int) []any {
	out := append([]any(nil), d.stack[at:]...)
	clear(d.stack[at:])
	d.stack = d.stack[:at]
	return out
}

// memory runs the opcodes of the memo.
func (d *Decoder) memory(op byte) error {
	var key uint64
	var err error
	switch op {
	case opPut, opGet:
		var line string
		if line, err = d.in.line(); err == nil {
			key, err = strconv.ParseUint(line, 10, 32)
		}
	case opBinPut, opBinGet:
		key, err = d.in.uint(1)
	case opLongBinPut, opLongBinGet:
		key, err = d.in.uint(4)
	case opMemoize:
		key = uint64(len(d.memo))
	}
	if err != nil {
		return err
	}
	switch op {
	case opGet, opBinGet, opLongBinGet:
		v, ok := d.memo[key]
		if !ok {
			return fmt.Errorf("nothing is stored under the number %d", key)
		}
		d.push(v)
		return nil
	}
	if key > math.MaxUint32 {
		return fmt.Errorf("the memo's number %d is too large", key)
	}
	v, err := d.top()
	if err == nil {
		d.memo[key] = v
	}
	return err
}
