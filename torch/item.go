package torch

import "fmt"

// Item returns the only element of t (torch.Tensor.item), unchanged: an integer must fit
// T, a float must be exact in T, and types do not mix, except integers that a float T
// represents exactly. Other errors show t's value and type.
func Item[T Element](t Tensor) (v T) {
	held := Values("item", t)[0]
	var ok bool
	switch p := any(&v).(type) {
	case *bool:
		*p, ok = held.(bool)
	case *uint8:
		ok = setInt(p, held)
	case *int8:
		ok = setInt(p, held)
	case *int16:
		ok = setInt(p, held)
	case *int32:
		ok = setInt(p, held)
	case *int64:
		ok = setInt(p, held)
	case *float32:
		ok = setFloat(p, held)
	case *float64:
		ok = setFloat(p, held)
	}
	if !ok {
		check("item", fmt.Errorf("the value %v of type %v is not a %v", held, t.DType(), DTypeOf[T]()))
	}
	return v
}

func setInt[T uint8 | int8 | int16 | int32 | int64](p *T, held any) bool {
	i, ok := held.(int64)
	*p = T(i)
	return ok && int64(*p) == i
}

func setFloat[T float32 | float64](p *T, held any) bool {
	switch v := held.(type) {
	case float64:
		*p = T(v)
		return float64(*p) == v || v != v
	case int64:
		*p = T(v)
		return *p < 1<<63 && int64(*p) == v // Go does not define int64(1<<63)
	}
	return false
}
