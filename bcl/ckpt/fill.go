package ckpt

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rgb"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// fill adds tensors that only the target's network has and whose values are known: the
// normalisation of the input, with the method's values, and a bias of zeros for the first
// layer of a head, which the norm after it removes anyway.
func fill(out []Tensor, to *Scheme, r *Report) ([]Tensor, error) {
	have := map[Name]Tensor{}
	for _, t := range out {
		if n, ok := to.Parse(t.Name); ok {
			have[n] = t
		}
	}
	add := func(n Name, values []float32, why string) error {
		key, ok := to.Format(n)
		if _, there := have[n]; !ok || there {
			return nil
		}
		t, err := serialize.FromArray(npy.FromFloat32s(values))
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		out = append(out, Tensor{key, t})
		r.Added = append(r.Added, Dropped{key, why})
		return nil
	}
	if err := add(Name{Component: Normalize, Path: "mean"}, rgb.ImageNetMean[:], "the method's mean"); err != nil {
		return nil, err
	}
	if err := add(Name{Component: Normalize, Path: "std"}, rgb.ImageNetStd[:], "the method's standard deviation"); err != nil {
		return nil, err
	}
	w, ok := have[Name{Component: Head, Path: "fc1.weight"}]
	if ok && to.Head == NormedHead && w.DType == dtype.Float32 && len(w.Shape) == 2 {
		err := add(Name{Component: Head, Path: "fc1.bias"}, make([]float32, w.Shape[0]), "zeros, which the norm that follows removes")
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
