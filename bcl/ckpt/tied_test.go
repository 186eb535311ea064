package ckpt

import (
	"fmt"
	"testing"

	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/serialize"
)

func TestTied(t *testing.T) {
	one, err := serialize.NewTensor(dtype.Float32, []int{2, 2}, make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	view := *one
	view.Shape, view.Offset = []int{2}, 2
	same := *one
	other, err := serialize.NewTensor(dtype.Float32, []int{2, 2}, make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	state := []Tensor{{"a", one}, {"b", &view}, {"c", &same}, {"d", other}, {"e", one}}
	if got := fmt.Sprint(Tied(state)); got != "[[a c e]]" {
		t.Errorf("tied %s, want a, c and e", got)
	}
}
