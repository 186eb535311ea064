package ckpt

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

// prune sets the pruned weights to zero: those of the masks, or else, as the authors'
// code does at the start of each epoch, those of least magnitude among all convolutions
// together.
func (e *Extracted) prune(o BackboneOptions) error {
	if !(o.PruneShare >= 0 && o.PruneShare < 1) {
		return fmt.Errorf("PruneShare is %v, expected a share in [0, 1)", o.PruneShare)
	}
	var convs []int
	var data [][]byte
	var all []uint64
	for i, t := range e.Tensors {
		if len(t.Shape) != 4 {
			continue
		}
		if !t.DType.IsFloat() {
			return fmt.Errorf("%s: the pruned branch needs floating-point weights, not %v", t.Name, t.DType)
		}
		b, err := t.ReadData()
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		convs, data = append(convs, i), append(data, slices.Clone(b))
		if o.Masks == nil {
			for j := range t.Len() {
				all = append(all, magnitude(t.DType, b, j))
			}
		}
	}
	masks, err := e.masks(o, convs)
	if err != nil {
		return err
	}
	least := uint64(0)
	if masks == nil {
		slices.Sort(all)
		least = all[min(int(math.Ceil(o.PruneShare*float64(len(all)))), len(all)-1)]
	}
	for k, i := range convs {
		t := e.Tensors[i]
		size := t.DType.Size()
		for j := range t.Len() {
			if masks == nil && magnitude(t.DType, data[k], j) < least || masks != nil && masks[k][j] == 0 {
				clear(data[k][j*size : (j+1)*size])
				e.Zeros++
			}
		}
		if e.Tensors[i].Tensor, err = serialize.NewTensor(t.DType, t.Shape, data[k]); err != nil {
			return err
		}
	}
	return nil
}

// magnitude returns the bits of element i as a float64 without the sign, which are
// ordered like magnitudes; NaN is the largest.
func magnitude(d dtype.DType, data []byte, i int) uint64 {
	return math.Float64bits(d.Float(data[i*d.Size():])) &^ (1 << 63)
}

// masks returns the file's masks of the convolutions, or nil if it has none.
func (e *Extracted) masks(o BackboneOptions, convs []int) (masks [][]byte, err error) {
	if o.Masks == nil {
		return nil, nil
	}
	original := e.Report.sources()
	for _, i := range convs {
		t := e.Tensors[i]
		m, ok := o.Masks[original[t.Name]]
		if !ok {
			return nil, fmt.Errorf("the file has masks, but not for %s", original[t.Name])
		}
		if m.DType != dtype.Bool || !slices.Equal(m.Shape, t.Shape) {
			return nil, fmt.Errorf("the mask of %s is %v %v, expected bool %v", original[t.Name], m.DType, m.Shape, t.Shape)
		}
		b, err := m.Bytes()
		if err != nil {
			return nil, fmt.Errorf("the mask of %s: %w", original[t.Name], err)
		}
		masks = append(masks, b)
	}
	return masks, nil
}

// Masks returns the masks of a checkpoint that bcl-train wrote within an epoch, by
// the names of the weights that they prune; nil if there are none.
func (f *File) Masks() map[string]Tensor {
	const prefix = "bcl.masks."
	var out map[string]Tensor
	tensors, _ := f.Leaves()
	for _, t := range tensors {
		if name, ok := strings.CutPrefix(t.Name, prefix); ok {
			if out == nil {
				out = map[string]Tensor{}
			}
			out[name] = t
		}
	}
	return out
}
