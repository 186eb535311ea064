package ckpt

import (
	"fmt"
	"slices"
)

// Tied returns the names of tensors that are one: the same elements of the same storage, as
// of an embedding and the output layer that uses its weights. A .pt keeps them one; other
// formats hold a copy under each name.
func Tied(state []Tensor) (groups [][]string) {
	at := map[string]int{}
	seen := map[any]int{} // numbers of storages, for the keys
	var names [][]string
	for _, t := range state {
		if t.Tensor == nil || t.Storage == nil || t.Len() == 0 {
			continue
		}
		n, known := seen[t.Storage]
		if !known {
			n = len(seen)
			seen[t.Storage] = n
		}
		key := fmt.Sprint(n, t.Offset, t.Shape, t.Stride)
		i, known := at[key]
		if !known {
			i = len(names)
			at[key] = i
			names = append(names, nil)
		}
		names[i] = append(names[i], t.Name)
	}
	return slices.DeleteFunc(names, func(g []string) bool { return len(g) < 2 })
}
