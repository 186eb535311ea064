package nn

import "github.com/bcl-go/bcl/torch"

// Chain passes x to the first layer, its result to the second, and so on, and frees what a
// layer made as soon as the next has run: in PyTorch reference counts do so. What gradients
// need lives as long as they do.
func Chain(x torch.Tensor, layers ...Layer) torch.Tensor {
	first := x
	for _, l := range layers {
		y := Scoped(func() torch.Tensor { return l.Forward(x) })
		if x != first && x != y {
			x.Free()
		}
		x = y
	}
	return x
}

// Scoped runs f in a scope of its own, so that only its result stays.
func Scoped(f func() torch.Tensor) torch.Tensor {
	y, err := torch.With(func() (torch.Tensor, error) { return f(), nil })
	if err != nil {
		panic(err) // an operator's failure, which is an *torch.Error: it fails the scope around this
	}
	return y
}
