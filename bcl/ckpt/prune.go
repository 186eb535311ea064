package ckpt

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

// prune sets the weights to zero that the pruned branch lacks: those that masks say,
// or else, as the authors' code does at the start of each epoch, those of all
// convolutions together that are least in magnitude.
func (e *Extracted) prune(o BackboneOptions) error {
	if err := field.Expect(o.PruneShare >= 0 && o.PruneShare < 1, "PruneShare", o.PruneShare, "a share in [0, 1)"); err != nil {
		return err
	}
	var convs []int
	var data [][]byte
	n := 0
	for i, t := range e.Tensors {
		if len(t.Shape) != 4 {
			continue
		}
		if t.DType != dtype.Float32 {
			return fmt.Errorf("%s: the pruned branch can be taken of float32 weights, not of %v", t.Name, t.DType)
		}
		b, err := t.ReadData()
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		convs, data = append(convs, i), append(data, slices.Clone(b))
		n += len(b) / 4
	}
	keep, err := e.masked(o, convs)
	if err != nil {
		return err
	}
	if keep == nil {
		least := threshold(data, n, o.PruneShare)
		keep = func(_, _ int, bits uint32) bool { return bits >= least }
	}
	for k, i := range convs {
		for j := 0; j < len(data[k]); j += 4 {
			if !keep(k, j/4, magnitude(data[k][j:])) {
				clear(data[k][j : j+4])
				e.Zeros++
			}
		}
		t, err := serialize.NewTensor(dtype.Float32, e.Tensors[i].Shape, data[k])
		if err != nil {
			return err
		}
		e.Tensors[i].Tensor = t
	}
	return nil
}

// magnitude returns the bits of a float without the sign, which order as magnitudes do.
func magnitude(b []byte) uint32 { return binary.LittleEndian.Uint32(b) &^ (1 << 31) }

// threshold returns the least magnitude that stays.
func threshold(data [][]byte, n int, share float64) uint32 {
	bits := make([]uint32, 0, n)
	for _, d := range data {
		for j := 0; j < len(d); j += 4 {
			bits = append(bits, magnitude(d[j:]))
		}
	}
	slices.Sort(bits)
	return bits[min(int(math.Ceil(share*float64(n))), n-1)]
}

// masked returns a function that asks the file's masks, or nil if it has none.
func (e *Extracted) masked(o BackboneOptions, convs []int) (func(k, j int, bits uint32) bool, error) {
	if o.Masks == nil {
		return nil, nil
	}
	original := map[string]string{}
	for _, m := range append(slices.Clone(e.Report.Renamed), same(e.Report.Same)...) {
		original[m.To] = m.From
	}
	var masks [][]byte
	for _, i := range convs {
		t := e.Tensors[i]
		m, ok := o.Masks[original[t.Name]]
		if !ok {
			return nil, fmt.Errorf("the file has masks, but none for %s", original[t.Name])
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
	return func(k, j int, _ uint32) bool { return masks[k][j] != 0 }, nil
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
