package ckpt

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

func TestSound(t *testing.T) {
	made := func(name string, shape []int, values ...float32) Tensor {
		var data []byte
		for _, v := range values {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		x, err := serialize.NewTensor(dtype.Float32, shape, data)
		if err != nil {
			t.Fatal(err)
		}
		return Tensor{name, x}
	}
	negative := float32(math.Copysign(0, -1))
	least := math.Float32frombits(1)
	e := &Extracted{Tensors: []Tensor{
		made("conv1.weight", []int{1, 1, 1, 2}, 0, negative), made("bn1.weight", []int{2}, 0, 0), made("conv2.weight", []int{1, 1, 1, 2}, 0, least),
	}}
	if zero, all, err := e.Sound(); err != nil || all != 2 || !slices.Equal(zero, []string{"conv1.weight"}) {
		t.Errorf("%v of %d, error %v", zero, all, err)
	}
	e.Normalize = []Tensor{made("std", []int{2}, 1, float32(math.Inf(-1)))}
	if _, _, err := e.Sound(); err == nil || !strings.HasPrefix(err.Error(), "std is NaN or infinite in 1 of its 2 elements") {
		t.Errorf("error %v", err)
	}
}
