package dataset

import (
	"fmt"
	"os"
	"slices"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/npy"
	"github.com/bcl-go/bcl/torch/serialize/pickle"
)

// cifarPickle is the form for Python: a pickled dict for each file, with the images as an
// array of uint8, records x 3,072. Reading executes nothing: package pickle accepts plain
// data and NumPy's arrays only.
type cifarPickle struct {
	namesKey  string // key of the class names
	labelsKey string // key of a batch's labels
}

// maxCIFARPickle is the maximum file size: the largest published file has 155 MB.
const maxCIFARPickle = 256 << 20

func (p cifarPickle) names(path string) ([]string, error) {
	dict, err := readDict(path)
	if err != nil {
		return nil, err
	}
	list, err := listOf(dict, p.namesKey, path)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(list))
	for i, v := range list {
		switch s := v.(type) {
		case string:
			names[i] = s
		case []byte: // Python 2's str
			names[i] = string(s)
		default:
			return nil, fmt.Errorf("%s: class name %d is a %s, expected a str", path, i, pickle.TypeName(v))
		}
	}
	return names, nil
}

func (p cifarPickle) file(path string, records, classes int, into *cifar) error {
	dict, err := readDict(path)
	if err != nil {
		return err
	}
	return p.batch(dict, path, records, classes, into)
}

func (p cifarPickle) batch(dict *pickle.Dict, path string, records, classes int, into *cifar) error {
	list, err := listOf(dict, p.labelsKey, path)
	if err != nil {
		return err
	}
	if len(list) != records {
		return fmt.Errorf("%s: %s labels, expected %s", path, thousands(len(list)), thousands(records))
	}
	v, _ := dict.Lookup("data")
	pixels, ok := v.(*npy.Array)
	if !ok {
		return fmt.Errorf("%s: 'data' is a %s, expected an array", path, pickle.TypeName(v))
	}
	if pixels.DType != dtype.Uint8 || !slices.Equal(pixels.Shape, []int{records, cifarBytes}) {
		return fmt.Errorf("%s: 'data' is an array of %v of shape %v, expected uint8 of shape [%d %d]",
			path, pixels.DType, pixels.Shape, records, cifarBytes)
	}
	var scratch [cifarBytes]byte
	for i, v := range list {
		label, ok := v.(int64)
		if !ok {
			return fmt.Errorf("%s: record %d of %s: label is a %s, expected an int",
				shortPath(path), i, thousands(records), pickle.TypeName(v))
		}
		if label < 0 || label >= int64(classes) {
			return labelError(path, i, records, label, classes)
		}
		into.add(pixels.Data[i*cifarBytes:][:cifarBytes], int(label), &scratch)
	}
	return nil
}

// readDict reads a file that holds one pickled dict.
func readDict(path string) (*pickle.Dict, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxCIFARPickle {
		return nil, fmt.Errorf("%s: %s bytes, expected at most %s for a CIFAR file",
			path, thousands(int(info.Size())), thousands(maxCIFARPickle))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v, err := unpickle(data)
	if err != nil {
		return nil, fmt.Errorf("%s (%s bytes): %w", path, thousands(len(data)), err)
	}
	return v, nil
}

func unpickle(data []byte) (*pickle.Dict, error) {
	// The published files were written by Python 2, whose strings are bytes.
	v, err := pickle.Unmarshal(data, pickle.Options{
		FindClass: pickle.Merge(pickle.Builtins(), pickle.NumPy()).Find,
		Strings:   pickle.Bytes,
		MaxSize:   maxCIFARPickle,
	})
	if err != nil {
		return nil, err
	}
	dict, ok := v.(*pickle.Dict)
	if !ok {
		return nil, fmt.Errorf("a pickled %s, expected a dict", pickle.TypeName(v))
	}
	return dict, nil
}

func listOf(dict *pickle.Dict, key, path string) ([]any, error) {
	v, ok := dict.Lookup(key)
	if !ok {
		return nil, fmt.Errorf("%s: no key %q", path, key)
	}
	list, ok := v.(*pickle.List)
	if !ok {
		return nil, fmt.Errorf("%s: %q is a %s, expected a list", path, key, pickle.TypeName(v))
	}
	return list.Items, nil
}
