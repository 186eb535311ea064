package torch_test

import (
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// Each constructor with its default type.
var constructors = []struct {
	name string
	own  torch.DType
	make func(o ...torch.Options) torch.Tensor
}{
	{"Zeros", torch.Float32, func(o ...torch.Options) torch.Tensor { return torch.Zeros([]int64{3}, o...) }},
	{"Ones", torch.Float32, func(o ...torch.Options) torch.Tensor { return torch.Ones([]int64{3}, o...) }},
	{"Empty", torch.Float32, func(o ...torch.Options) torch.Tensor { return torch.Empty([]int64{3}, o...) }},
	{"Full", torch.Float32, func(o ...torch.Options) torch.Tensor { return torch.Full([]int64{3}, 7, o...) }},
	{"Arange", torch.Int64, func(o ...torch.Options) torch.Tensor { return torch.Arange(0, 3, o...) }},
	{"Eye", torch.Float32, func(o ...torch.Options) torch.Tensor { return torch.Eye(3, o...) }},
	{"Randn", torch.Float32, func(o ...torch.Options) torch.Tensor { return torch.Randn([]int64{3}, o...) }},
	{"Rand", torch.Float32, func(o ...torch.Options) torch.Tensor { return torch.Rand([]int64{3}, o...) }},
	{"Randint", torch.Int64, func(o ...torch.Options) torch.Tensor { return torch.Randint(0, 9, []int64{3}, o...) }},
	{"Randperm", torch.Int64, func(o ...torch.Options) torch.Tensor { return torch.Randperm(3, o...) }},
}

// Options without a type mean the constructor's default type, never Uint8; those without
// a device mean the CPU.
func TestOptionsLeaveOut(t *testing.T) {
	do(t, func() {
		for _, c := range constructors {
			for name, o := range map[string][]torch.Options{"none": nil, "zero": {{}}, "device": {{Device: torch.CPU}}} {
				if x := c.make(o...); x.DType() != c.own || x.Device() != torch.CPU {
					t.Errorf("%s, options %s: %v on %v, want %v on the CPU", c.name, name, x.DType(), x.Device(), c.own)
				}
			}
			for name, o := range map[string]torch.Options{"type": {DType: new(torch.Float64)}, "On": torch.On(torch.Float64, torch.CPU)} {
				if x := c.make(o); x.DType() != torch.Float64 || x.Device() != torch.CPU {
					t.Errorf("%s, options %s: %v on %v, want float64 on the CPU", c.name, name, x.DType(), x.Device())
				}
			}
		}
		for _, c := range constructors[:6] { // the random ones have no kernels for Uint8
			if x := c.make(torch.On(torch.Uint8, torch.CPU)); x.DType() != torch.Uint8 {
				t.Errorf("%s on Uint8 gives %v", c.name, x.DType())
			}
		}
	})
}

func TestValuesOfConstructors(t *testing.T) {
	do(t, func() {
		for name, want := range map[string][]float64{"Zeros": {0, 0, 0}, "Ones": {1, 1, 1}, "Full": {7, 7, 7}, "Arange": {0, 1, 2},
			"Eye": {1, 0, 0, 0, 1, 0, 0, 0, 1}} {
			for _, c := range constructors {
				if c.name != name {
					continue
				}
				if got := torch.Slice[float64](c.make(torch.On(torch.Float64, torch.CPU))); !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
		}
	})
}
