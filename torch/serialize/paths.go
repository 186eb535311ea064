package serialize

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// paths bounds the text of a tree's paths ("model.layer1.0.weight"), which programs write:
// a few long keys around many values make much more of it than the file has.
func (f *File) paths(size int64) error {
	const most = 64
	t := texts{}
	if total, limit := t.of(f.Tree).text, float64(most*size+64<<20); total > limit {
		return fmt.Errorf("%s: the paths of all values take %.3g bytes, more than %d times the %d bytes of the file and 64 MB", f.name, total, most, size)
	}
	return nil
}

// text is what the values below one are: how many, and the bytes of their paths from there.
type text struct{ leaves, text float64 }

// texts has the texts of the containers that were visited.
type texts map[any]text

func (t texts) of(v any) text {
	var kids []any
	switch v := v.(type) {
	case *Dict, *List, *Tuple:
	case pickle.Parent:
		kids = v.PickleChildren()
	default:
		return text{leaves: 1}
	}
	if n, ok := t[v]; ok {
		return n
	}
	n := text{leaves: 1}
	add := func(name int, v any) {
		below := t.of(v)
		n.leaves += below.leaves
		n.text += below.text + below.leaves*float64(name+1)
	}
	const number = 8 // digits
	switch v := v.(type) {
	case *Dict:
		for k, value := range v.All() {
			add(keyLen(k), value)
		}
		if v.Attrs != nil {
			add(0, v.Attrs)
		}
	case *List:
		kids = v.Items
	case *Tuple:
		kids = v.Items
	}
	for _, kid := range kids {
		add(number, kid)
	}
	t[v] = n
	return n
}

// keyLen is the length of a key as text.
func keyLen(k any) int {
	switch k := k.(type) {
	case string:
		return len(k)
	case []byte:
		return len(k)
	case int64, bool, float64:
		return 24
	}
	return len(fmt.Sprint(k))
}
