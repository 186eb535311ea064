package serialize

import (
	"fmt"
	"math"

	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// storage resolves the persistent id of a storage,
//
//	('storage', torch.FloatStorage, key, location, number of elements)
//
// with a further None in legacy files. The same key gives the same storage, which is how
// tensors share one. find returns where the file has it. A storage of a type that package
// dtype does not have is in seen, as bytes, and an error.
func (f *File) storage(id any, seen map[string]*Storage, find func(key string) (*stored, error)) (*Storage, error) {
	t, ok := id.(*Tuple)
	if !ok {
		return nil, fmt.Errorf("a persistent id is a %s, expected a tuple of 5 values", pickle.TypeName(id))
	}
	if len(t.Items) < 5 || len(t.Items) > 6 {
		return nil, fmt.Errorf("a persistent id is a tuple of %d values, expected 5", len(t.Items))
	}
	kind, key, location := str(t.Items[0]), str(t.Items[2]), str(t.Items[3])
	if kind != "storage" {
		return nil, fmt.Errorf("a persistent id of the kind %.40q, expected \"storage\"", kind)
	}
	class, ok := t.Items[1].(storageClass)
	if !ok {
		return nil, fmt.Errorf("a storage's class is a %s, expected one such as torch.FloatStorage", pickle.TypeName(t.Items[1]))
	}
	n, err := toInt(t.Items[4])
	if err != nil || n < 0 || n > math.MaxInt/class.unit {
		return nil, fmt.Errorf("a storage's number of elements is %.40q", fmt.Sprint(t.Items[4]))
	}
	if len(t.Items) == 6 && t.Items[5] != nil {
		return nil, fmt.Errorf("storages that are views of others are not supported")
	}
	n *= class.unit
	if s := seen[key]; s != nil {
		if s.class != class || s.Len != n {
			return nil, fmt.Errorf("the storage %.40q is %d elements of %v here and %d of %v before", key, n, class.elem, s.Len, s.DType)
		}
		return s.known()
	}
	in, err := find(key)
	if err != nil {
		return nil, err
	}
	s := &Storage{DType: class.elem, Len: n, Device: location, class: class, in: in}
	if in != nil && (n > int(in.size)/class.elem.Size() || int64(s.Size()) != in.size) {
		return nil, fmt.Errorf("the storage %.40q of %d elements of %v has %d bytes", key, n, class.elem, in.size)
	}
	seen[key] = s
	if class.odd == "" {
		f.storages = append(f.storages, s)
	}
	return s.known()
}

// known is an error for a storage of a type that package dtype does not have.
func (s *Storage) known() (*Storage, error) {
	if odd := s.class.odd; odd != "" {
		return nil, unsupported(storageOf+odd, "the element type "+odd+" is not supported")
	}
	return s, nil
}

// moduleClass resolves the persistent id of the class of a module, which legacy files
// have, with its source code,
//
//	('module', class, name of the source file, source)
//
// to the class; nil if the id is another.
func moduleClass(id any) any {
	t, ok := id.(*Tuple)
	if !ok || len(t.Items) != 4 || str(t.Items[0]) != "module" {
		return nil
	}
	if o, ok := t.Items[1].(*pickle.Opaque); ok {
		return o
	}
	return nil
}

// opaqueStorage returns the class of a storage that Options.SkipUnknown skipped, as that
// of unsigned 16-bit integers: no known tensor can be made of it.
func opaqueStorage(id any) *pickle.Opaque {
	t, ok := id.(*Tuple)
	if !ok || len(t.Items) < 2 {
		return nil
	}
	o, _ := t.Items[1].(*pickle.Opaque)
	return o
}

// str returns a string, which Python 2 may have written as bytes.
func str(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case []byte:
		return string(s)
	}
	return ""
}
