package serialize

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// Save writes a tree to a file that torch.load reads, in one pass, as package atomicfile
// does: the file exists in full or not at all.
//
// The tree consists of *[Tensor], *[Dict], *[List], *[Tuple], the other values that
// [pickle.Marshal] accepts, [Size], [Device], [Layout], a dtype.DType, and *[Namespace].
// Of these, torch.load(weights_only=True) reads dicts, lists, tuples and tensors with
// numbers, strings, bools and nil in every version from 2.0 on; that of 1.13 does not
// know floats.
//
// It is an error, besides those of writing, if the tree has a value of another type, a
// tensor does not lie within its storage, or a storage's source writes more or less than
// its size.
func Save(path string, tree any) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error { return Write(w, tree) })
}

// Write is [Save] to a writer.
func Write(w io.Writer, tree any) error { return write(&zipWriter{w: w}, tree) }

// WriteSummed is [Write], and seals the file: it ends with the SHA-256 of all bytes
// before, as the zip file's comment. torch.load ignores that; [File.ReadAll] and [Load]
// verify it, so that no byte of the file can change unnoticed, including those between
// the records.
func WriteSummed(w io.Writer, tree any) error {
	return write(&zipWriter{w: w, sum: sha256.New()}, tree)
}

func write(z *zipWriter, tree any) error {
	s := &saver{keys: map[*Storage]string{}}
	program, err := pickle.Marshal(tree, pickle.EncodeOptions{Reduce: s.reduce})
	if err != nil {
		return err
	}
	const folder = "archive/"
	// The order and the contents of the small records are PyTorch 2.11's.
	for _, r := range []struct{ name, text string }{
		{"data.pkl", string(program)},
		{".format_version", "1"},
		{".storage_alignment", strconv.Itoa(alignment)},
		{"byteorder", "little"},
	} {
		if err := z.text(folder+r.name, r.text); err != nil {
			return err
		}
	}
	for _, st := range s.storages {
		key := s.keys[st]
		if err := z.record(folder+"data/"+key, uint64(st.Size()), st.writeTo); err != nil {
			return fmt.Errorf("storage %s (%d elements of %v): %w", key, st.Len, st.DType, err)
		}
	}
	if err := z.text(folder+"version", "3\n"); err != nil {
		return err
	}
	if err := z.text(folder+".data/serialization_id", z.id()); err != nil {
		return err
	}
	return z.finish()
}

// saver collects the storages of a tree.
type saver struct {
	keys     map[*Storage]string
	storages []*Storage
}

// reduce converts our values to Python's calls.
func (s *saver) reduce(v any) (any, error) {
	switch v := v.(type) {
	case *Tensor:
		return s.tensor(v)
	case *Storage:
		return s.storage(v)
	case Size:
		return &pickle.Reduction{Fn: pickle.Global{Module: "torch", Name: "Size"}, Args: pickle.NewTuple(ints(v))}, nil
	case Device:
		args := pickle.NewTuple(v.Type)
		if v.Index >= 0 {
			args.Items = append(args.Items, v.Index)
		}
		return &pickle.Reduction{Fn: pickle.Global{Module: "torch", Name: "device"}, Args: args}, nil
	case Layout:
		return &pickle.Reduction{Fn: pickle.Global{Module: "torch.serialization", Name: "_get_layout"}, Args: pickle.NewTuple(string(v))}, nil
	case dtype.DType:
		if v.Size() == 0 {
			return nil, fmt.Errorf("an unknown element type, %v", v)
		}
		return pickle.Global{Module: "torch", Name: v.String()}, nil
	case Name:
		return v.global(), nil
	case *pickle.Opaque:
		if v.What != "" {
			return nil, fmt.Errorf("%s, which was not read, cannot be saved", v.What)
		}
		return nil, fmt.Errorf("an object of %s, which was skipped as unknown, cannot be saved", v.Name)
	case *Module:
		return nil, fmt.Errorf("a module of %s cannot be saved whole; its Weights can", v.Class)
	case *Namespace:
		r := &pickle.Reduction{Fn: pickle.Global{Module: "argparse", Name: "Namespace"}, Args: &Tuple{}, New: true}
		if v.Attrs != nil {
			r.State = v.Attrs
		}
		return r, nil
	}
	return nil, fmt.Errorf("a %T cannot be saved", v)
}

// tensor is a call of _rebuild_tensor_v2, within one of _rebuild_parameter for
// a parameter.
func (s *saver) tensor(t *Tensor) (any, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if t.Attrs != nil {
		return nil, fmt.Errorf("a tensor of shape %v has attributes, which are read but not written", t.Shape)
	}
	noHooks := func() any { return &Dict{Ordered: true} }
	v2 := &pickle.Reduction{
		Fn: pickle.Global{Module: "torch._utils", Name: "_rebuild_tensor_v2"},
		Args: pickle.NewTuple(t.Storage, t.Offset, ints(t.Shape), ints(t.strides()),
			t.RequiresGrad && !t.Parameter, noHooks()),
	}
	if !t.Parameter {
		return v2, nil
	}
	return &pickle.Reduction{
		Fn:   pickle.Global{Module: "torch._utils", Name: "_rebuild_parameter"},
		Args: pickle.NewTuple(v2, t.RequiresGrad, noHooks()),
	}, nil
}

// storage is a persistent id; a storage gets its number at its first use.
func (s *saver) storage(st *Storage) (any, error) {
	name, ok := storageNames[st.DType]
	if !ok {
		return nil, fmt.Errorf("a storage of %v cannot be saved", st.DType)
	}
	if err := st.checkData(); err != nil {
		return nil, err
	}
	key, ok := s.keys[st]
	if !ok {
		key = strconv.Itoa(len(s.storages))
		s.keys[st] = key
		s.storages = append(s.storages, st)
	}
	device := st.Device
	if device == "" {
		device = "cpu"
	}
	return &pickle.Persistent{ID: pickle.NewTuple("storage", pickle.Global{Module: "torch", Name: name}, key, device, st.Len)}, nil
}

func ints(v []int) *Tuple {
	t := &Tuple{Items: make([]any, len(v))}
	for i, n := range v {
		t.Items[i] = n
	}
	return t
}
