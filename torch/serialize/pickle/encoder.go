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
	New   bool // call __new__ of Fn, a class, not the class
	State any  // state set after the call, if not nil
}

// Persistent is an object that is stored outside the pickle and written as an id.
type Persistent struct{ ID any }

// EncodeOptions of [Marshal].
type EncodeOptions struct {
	// Reduce turns a value of another package into a *Reduction, a *Persistent,
	// a Global, or any plain value. It is called once for each pointer.
	Reduce func(v any) (any, error)
}

// batch is the number of items that CPython writes with one opcode.
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
// Besides the values that a [Decoder] returns, it accepts all of Go's integer types,
// float32, []any, []int, []float64 and []string (as lists), and what Reduce converts.
// Pointers that occur again are written as references. It is an error if v contains
// itself or is nested deeper than [MaxDepth].
func Marshal(v any, opts EncodeOptions) (program []byte, err error) {
	if err := Check(v); err != nil {
		return nil, fmt.Errorf("pickle: %w", err)
	}
	defer catch(func(why error) { err = fmt.Errorf("pickle: %w", why) })
	e := &encoder{opts: opts, memo: map[any]uint32{}}
	e.buf.Write([]byte{opProto, 2})
	e.value(v)
	e.buf.WriteByte(opStop)
	return e.buf.Bytes(), nil
}

// value writes one value of any kind.
func (e *encoder) value(v any) {
	if e.depth++; e.depth > 4*MaxDepth { // Check did not see what Reduce made
		panic(failure("values are nested more than %d levels deep", 4*MaxDepth))
	}
	defer func() { e.depth-- }()

	switch v.(type) {
	case string, *List, *Tuple, *Set, *Dict:
		if e.get(v) {
			return
		}
	}
	switch v := v.(type) {
	case nil:
		e.buf.WriteByte(opNone)
	case bool:
		e.bool(v)
	case float64:
		e.float(v)
	case float32:
		e.float(float64(v))
	case complex128:
		e.reduction(nil, &Reduction{Fn: Global{"__builtin__", "complex"}, Args: NewTuple(real(v), imag(v))})
	case uint:
		e.bigInt(new(big.Int).SetUint64(uint64(v)))
	case uint64:
		e.bigInt(new(big.Int).SetUint64(v))
	case *big.Int:
		e.bigInt(v)
	case string:
		e.string(v)
	case []byte:
		e.bytes(v)
	case []any:
		e.list(nil, v)
	case []int:
		e.list(nil, anys(v))
	case []float64:
		e.list(nil, anys(v))
	case []string:
		e.list(nil, anys(v))
	case Global:
		e.global(v)
	case *Persistent:
		e.value(v.ID)
		e.buf.WriteByte(opBinPersID)
	case *Reduction:
		e.reduction(v, v)
	case *List:
		e.list(v, v.Items)
	case *Tuple:
		e.tuple(v)
	case *Set:
		e.reduction(v, &Reduction{Fn: Global{"__builtin__", "set"}, Args: NewTuple(&List{v.Items})})
	case *Dict:
		e.dict(v)
	default:
		if i, ok := toInt64(v); ok {
			e.int(i)
		} else {
			e.other(v)
		}
	}
}

// other writes a value of a type that only the caller's Reduce knows.
func (e *encoder) other(v any) {
	if e.opts.Reduce == nil {
		panic(failure("a %T cannot be written", v))
	}
	var key any // of the memo; a slice, for example, cannot be one
	if reflect.TypeOf(v).Comparable() {
		key = v
	}
	if key != nil && e.get(key) {
		return
	}
	r := must(e.opts.Reduce(v))
	if red, ok := r.(*Reduction); ok {
		e.reduction(key, red)
		return
	}
	if reflect.TypeOf(r) == reflect.TypeOf(v) {
		panic(failure("a %T cannot be written", v))
	}
	e.value(r)
}

func anys[T any](v []T) []any {
	out := make([]any, len(v))
	for i, x := range v {
		out[i] = x
	}
	return out
}
