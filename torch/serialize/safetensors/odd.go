package safetensors

import (
	"fmt"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// Unread is a tensor of an element type that package dtype does not have.
type Unread struct {
	Name  string
	DType string // PyTorch's name, such as "float8_e4m3fn"; the format's if it is not known
	Shape []int
}

// String describes the tensor, such as "a tensor of float8_e4m3fn [2 3]".
func (u *Unread) String() string { return fmt.Sprintf("a tensor of %.40s %v", u.DType, u.Shape) }

// oddTypes are the format's other names of element types, with PyTorch's and the bits of
// an element.
var oddTypes = map[string]struct {
	name string
	bits int
}{
	"F8_E4M3": {"float8_e4m3fn", 8}, "F8_E5M2": {"float8_e5m2", 8}, "F8_E8M0": {"float8_e8m0fnu", 8},
	"F8_E4M3FNUZ": {"float8_e4m3fnuz", 8}, "F8_E5M2FNUZ": {"float8_e5m2fnuz", 8},
	"U16": {"uint16", 16}, "U32": {"uint32", 32}, "U64": {"uint64", 64}, "C64": {"complex64", 64},
	"F4": {"F4", 4}, "F6_E2M3": {"F6_E2M3", 6}, "F6_E3M2": {"F6_E3M2", 6}, // PyTorch has none
}

// size returns the bytes of an entry; -1 if its element type is not known.
func (e *entry) size() (int64, error) {
	if e.odd == "" {
		n, err := npy.Size(e.DType, e.Shape)
		return int64(n), err
	}
	n, err := npy.Elements(e.Shape)
	t, known := oddTypes[e.odd]
	if err != nil || !known {
		return -1, err
	}
	if int64(n) > (1<<62)/int64(t.bits) {
		return 0, fmt.Errorf("%s elements of shape %v do not fit in memory", e.odd, e.Shape)
	}
	return (int64(n)*int64(t.bits) + 7) / 8, nil
}

// typeName is the element type for messages.
func (e *entry) typeName() string {
	if e.odd != "" {
		return e.odd
	}
	return e.DType.String()
}

// unread describes an entry of an odd type.
func (e *entry) unread() *Unread {
	name := e.odd
	if t, ok := oddTypes[name]; ok {
		name = t.name
	}
	return &Unread{e.Name, name, e.Shape}
}
