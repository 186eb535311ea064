package pickle

import (
	"bytes"
	"fmt"
	"math/big"
	"reflect"
)

// Global is a Python global to be named in a pickle.
type Global struct{ Module, Name string }

// Reduction is an object to be written as a call.
type Reduction struct {
	Fn    Global
	Args  *Tuple
	New   bool // Fn is a class and its __new__ is meant, not the class's call
	State any  // what the object is given after the call, if not nil
}

// Persistent is an object that lies outside the pickle and is written as an id.
type Persistent struct{ ID any }

// EncodeOptions of [Marshal].
type EncodeOptions struct {
	// Reduce turns a value of another package into a *Reduction, a *Persistent,
	// a Global, or any plain value. It is called once for each pointer.
	Reduce func(v any) (any, error)
}

// batch is how many items CPython writes with one opcode.
const batch = 1000

type encoder struct {
	opts  EncodeOptions
	buf   bytes.Buffer
	memo  map[any]uint32
	next  uint32
	depth int
}

// Marshal writes v in protocol 2, with the opcodes that CPython's own pickler
// would write if equal strings were one object.
//
// Besides the values that a [Decoder] gives, it takes all of Go's integer
// types, float32, []any, []int, []float64 and []string (as lists), and what
// Reduce knows. Pointers that occur again are written as references. It is an
// error if v contains itself or is nested deeper than [MaxDepth].
func Marshal(v any, opts EncodeOptions) ([]byte, error) {
	if err := Check(v); err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	e := &encoder{opts: opts, memo: map[any]uint32{}}
	e.buf.Write([]byte{opProto, 2})
	if err := e.value(v); err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	e.buf.WriteByte(opStop)
	return e.buf.Bytes(), nil
}

// value writes one value of any kind.
func (e *encoder) value(v any) error {
	if e.depth++; e.depth > 4*MaxDepth { // Check did not see what Reduce made
		return fmt.Errorf("values are nested more than %d deep", 4*MaxDepth)
	}
	defer func() { e.depth-- }()

	switch v := v.(type) {
	case nil:
		e.buf.WriteByte(opNone)
		return nil
	case bool:
		e.bool(v)
		return nil
	case float64:
		e.float(v)
		return nil
	case float32:
		e.float(float64(v))
		return nil
	case complex128:
		return e.reduction(nil, &Reduction{Fn: Global{"__builtin__", "complex"}, Args: NewTuple(real(v), imag(v))})
	case uint:
		return e.value(new(big.Int).SetUint64(uint64(v)))
	case uint64:
		return e.value(new(big.Int).SetUint64(v))
	case *big.Int:
		return e.bigInt(v)
	case string:
		if !e.get(v) {
			return e.string(v)
		}
		return nil
	case []byte:
		return e.bytes(v)
	case []any:
		return e.list(nil, v)
	case []int:
		return e.list(nil, anys(v))
	case []float64:
		return e.list(nil, anys(v))
	case []string:
		return e.list(nil, anys(v))
	case Global:
		e.global(v)
		return nil
	case *Persistent:
		if err := e.value(v.ID); err != nil {
			return err
		}
		e.buf.WriteByte(opBinPersID)
		return nil
	case *Reduction:
		return e.reduction(v, v)
	case *List:
		if e.get(v) {
			return nil
		}
		return e.list(v, v.Items)
	case *Tuple:
		if e.get(v) {
			return nil
		}
		return e.tuple(v)
	case *Set:
		if e.get(v) {
			return nil
		}
		return e.reduction(v, &Reduction{Fn: Global{"__builtin__", "set"}, Args: NewTuple(&List{v.Items})})
	case *Dict:
		if e.get(v) {
			return nil
		}
		return e.dict(v)
	}
	if i, ok := toInt64(v); ok {
		e.int(i)
		return nil
	}
	return e.other(v)
}

// other writes a value that only the caller's Reduce knows.
func (e *encoder) other(v any) error {
	if e.opts.Reduce == nil {
		return fmt.Errorf("a %T cannot be written", v)
	}
	var key any // of the memo; a slice, say, cannot be one
	if reflect.TypeOf(v).Comparable() {
		key = v
	}
	if key != nil && e.get(key) {
		return nil
	}
	r, err := e.opts.Reduce(v)
	if err != nil {
		return err
	}
	if red, ok := r.(*Reduction); ok {
		return e.reduction(key, red)
	}
	if reflect.TypeOf(r) == reflect.TypeOf(v) {
		return fmt.Errorf("a %T cannot be written", v)
	}
	return e.value(r)
}

func anys[T any](v []T) []any {
	out := make([]any, len(v))
	for i, x := range v {
		out[i] = x
	}
	return out
}
