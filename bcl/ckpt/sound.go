package ckpt

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/torch/serialize"
)

// Sound returns an error that names the first tensor with a NaN or infinite element: no
// network computes with it. zero are the convolutions that have nothing but zeros, of all;
// where all of them are, every image has the same features.
func (e *Extracted) Sound() (zero []string, all int, err error) {
	for _, t := range slices.Concat(e.Tensors, e.Normalize) {
		look := &finite{elem: t.DType}
		if err := t.WriteData(look); err != nil {
			return nil, 0, err
		}
		if look.bad > 0 {
			return nil, 0, fmt.Errorf("%s is NaN or infinite in %d of its %d elements", serialize.Quote(t.Name), look.bad, t.Len())
		}
		if len(t.Shape) == 4 && t.DType.IsFloat() {
			if all++; !look.some {
				zero = append(zero, t.Name)
			}
		}
	}
	return zero, all, nil
}
