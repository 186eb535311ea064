package bridge

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize"
)

// ToFile returns the values of t, on any device, as a tensor for files.
func ToFile(t torch.Tensor) (*serialize.Tensor, error) {
	shape := t.Shape()
	ints := make([]int, len(shape))
	for i, s := range shape {
		ints[i] = int(s)
	}
	return serialize.NewTensor(t.DType(), ints, t.Bytes())
}

// FromFile returns a new tensor, on the CPU, with the values of a file's tensor.
func FromFile(s *serialize.Tensor) (torch.Tensor, error) {
	data, err := s.Bytes()
	if err != nil {
		return torch.Tensor{}, err
	}
	shape := make([]int64, len(s.Shape))
	for i, n := range s.Shape {
		shape[i] = int64(n)
	}
	return torch.FromBytes(data, s.DType, shape...), nil
}
