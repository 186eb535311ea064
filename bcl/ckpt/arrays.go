package ckpt

import (
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/npy"
)

// arrays makes tensors of the arrays of a plain pickle, in which projects that do not
// depend on PyTorch keep weights (Detectron2's and caffe's .pkl). Shared arrays stay shared.
type arrays struct {
	made map[*npy.Array]*serialize.Tensor
	seen map[any]bool // containers
}

func tensorsOf(tree any) any {
	a := &arrays{map[*npy.Array]*serialize.Tensor{}, map[any]bool{}}
	return a.tensors(tree)
}

func (a *arrays) tensors(v any) any {
	switch v := v.(type) {
	case *npy.Array:
		if a.made[v] == nil {
			t, err := serialize.FromArray(v)
			if err != nil {
				return v
			}
			a.made[v] = t
		}
		return a.made[v]
	case *serialize.Dict:
		if !a.seen[v] {
			a.seen[v] = true
			for k, value := range v.All() {
				_ = v.Set(k, a.tensors(value)) // a key of a dict is hashable
			}
		}
	case *serialize.List:
		a.items(v, v.Items)
	case *serialize.Tuple:
		a.items(v, v.Items)
	}
	return v
}

func (a *arrays) items(of any, items []any) {
	if a.seen[of] {
		return
	}
	a.seen[of] = true
	for i, v := range items {
		items[i] = a.tensors(v)
	}
}
