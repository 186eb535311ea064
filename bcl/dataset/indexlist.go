package dataset

import (
	"bytes"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// ReadIndexList reads a .npy file with one dimension of int64 ("<i8"), the form of the
// published splits. Negative and repeated values are an [*IndexError], an empty list is
// an error too; [Subset] or [SubsetFile] checks whether the values fit a data set.
func ReadIndexList(path string) ([]int, error) {
	a, err := npy.ReadFile(path) // its errors name the file
	if err != nil {
		return nil, err
	}
	return indexList(a, path)
}

func indexList(a *npy.Array, source string) ([]int, error) {
	if a.DType != dtype.Int64 {
		return nil, fmt.Errorf("%s: an array of %v, an index list needs int64 (<i8)", source, a.DType)
	}
	if len(a.Shape) != 1 {
		return nil, fmt.Errorf("%s: an array of shape %v, an index list has one dimension", source, a.Shape)
	}
	if a.Len() == 0 {
		return nil, fmt.Errorf("%s: an empty index list", source)
	}
	values, err := a.Int64s()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	indices := make([]int, len(values))
	for i, v := range values {
		indices[i] = int(v)
		if int64(indices[i]) != v { // 32-bit machines
			return nil, fmt.Errorf("%s: entry %d: index %d is too large", source, i, v)
		}
	}
	return indices, checkIndices(indices, -1, source)
}

// WriteIndexList writes indices as ReadIndexList reads them. The file is complete or
// absent; an existing one is replaced.
func WriteIndexList(path string, indices []int) error {
	data, err := encodeIndexList(indices)
	if err != nil {
		return err
	}
	return writeFile(path, data)
}

func encodeIndexList(indices []int) ([]byte, error) {
	values := make([]int64, len(indices))
	for i, v := range indices {
		values[i] = int64(v)
	}
	var b bytes.Buffer
	err := npy.Write(&b, npy.FromInt64s(values))
	return b.Bytes(), err
}

// writeFile writes data under a temporary name, syncs it and renames it.
func writeFile(path string, data []byte) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
