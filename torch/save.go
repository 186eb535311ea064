package torch

import "github.com/bcl-go/bcl/torch/serialize"

// Serial returns t's values as package serialize writes them to files.
func (t Tensor) Serial() (*serialize.Tensor, error) {
	shape := t.Shape()
	ints := make([]int, len(shape))
	for i, s := range shape {
		ints[i] = int(s)
	}
	return serialize.NewTensor(t.DType(), ints, t.Bytes())
}

// FromSerial returns a new tensor with the values that a file held.
func FromSerial(s *serialize.Tensor) (Tensor, error) {
	data, err := s.Bytes()
	if err != nil {
		return Tensor{}, err
	}
	shape := make([]int64, len(s.Shape))
	for i, n := range s.Shape {
		shape[i] = int64(n)
	}
	return FromBytes(data, s.DType, shape...), nil
}
