package pickle

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
)

// The forms in which a Dict's index holds keys. Strings, int64, *Class and other
// comparable pointers are used as they are.
type (
	noneKey  struct{}
	bytesKey string
	bigKey   string
	tupleKey string
)

// maxKeyDepth is the largest nesting depth of tuples in a key.
const maxKeyDepth = 16

// maxKeyBytes limits the form of a tuple in the index.
const maxKeyBytes = 1 << 16

// Hashable marks pointer types of other packages whose values may be keys of a
// Dict and are equal only to themselves.
type Hashable interface{ PickleHashable() }

// hashKey returns a comparable value that is equal for equal Python keys.
func hashKey(key any) (any, error) {
	switch k := key.(type) {
	case nil:
		return noneKey{}, nil
	case string, int64:
		return k, nil
	case bool:
		if k {
			return int64(1), nil
		}
		return int64(0), nil
	case float64:
		// As in Python, 1.0 is the same key as 1. NaN equals nothing, itself included.
		if k == math.Trunc(k) && math.Abs(k) < 1<<62 {
			return int64(k), nil
		}
		return k, nil
	case complex128:
		if imag(k) == 0 { // 1+0j is the same key as 1, too
			return hashKey(real(k))
		}
		return k, nil
	case []byte:
		return bytesKey(k), nil
	case *big.Int:
		if k.IsInt64() {
			return k.Int64(), nil
		}
		return bigKey(k.Text(16)), nil
	case *Tuple:
		b, err := appendKey(nil, k, 0)
		return tupleKey(b), err
	case *Class:
		return k, nil
	case Hashable:
		return k, nil
	}
	if i, ok := toInt64(key); ok {
		return i, nil
	}
	return nil, fmt.Errorf("a %s cannot be a key", TypeName(key))
}

// appendKey writes the items of a tuple so that equal tuples give equal bytes.
func appendKey(b []byte, t *Tuple, depth int) ([]byte, error) {
	if depth == maxKeyDepth {
		return nil, fmt.Errorf("a key of tuples nested more than %d levels deep", maxKeyDepth)
	}
	b = append(b, '(')
	for _, item := range t.Items {
		if len(b) > maxKeyBytes {
			return nil, fmt.Errorf("a tuple as key takes more than %d bytes", maxKeyBytes)
		}
		if inner, ok := item.(*Tuple); ok {
			var err error
			if b, err = appendKey(b, inner, depth+1); err != nil {
				return nil, err
			}
			continue
		}
		h, err := hashKey(item)
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("%T %v", h, h)
		switch h.(type) {
		case *Class, Hashable:
			text = fmt.Sprintf("%T %p", h, h)
		}
		b = strconv.AppendInt(b, int64(len(text)), 10)
		b = append(b, ':')
		b = append(b, text...)
	}
	return append(b, ')'), nil
}

// toInt64 converts Go's integer types, which callers may use in place of int64.
func toInt64(v any) (int64, bool) {
	switch i := v.(type) {
	case int:
		return int64(i), true
	case int8:
		return int64(i), true
	case int16:
		return int64(i), true
	case int32:
		return int64(i), true
	case int64:
		return i, true
	case uint8:
		return int64(i), true
	case uint16:
		return int64(i), true
	case uint32:
		return int64(i), true
	}
	return 0, false
}

// TypeName returns Python's name of a value's type, for error messages.
func TypeName(v any) string {
	switch v := v.(type) {
	case *Opaque:
		return v.Name
	case nil:
		return "None"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case complex128:
		return "complex"
	case string:
		return "str"
	case []byte:
		return "bytes"
	case *List:
		return "list"
	case *Tuple:
		return "tuple"
	case *Set:
		return "set"
	case *Dict:
		return "dict"
	case *Class:
		return "class"
	}
	return fmt.Sprintf("%T", v)
}

// brief returns a short form of a value, for error messages.
func brief(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%.40q", v)
	case []byte:
		return fmt.Sprintf("b%.40q", v)
	case bool, int64, float64, complex128:
		return fmt.Sprint(v)
	}
	return "of type " + TypeName(v)
}
