package torch_test

import (
	"math"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func wantItem[T torch.Element](t *testing.T, x torch.Tensor, want T) {
	t.Helper()
	if got := torch.Item[T](x); got != want {
		t.Errorf("Item of %v is %v, want %v", x, got, want)
	}
}

func TestItem(t *testing.T) {
	do(t, func() {
		wantItem[int64](t, torch.Scalar[int64](1<<53+1), 1<<53+1)
		wantItem[int64](t, torch.Scalar[int64](math.MaxInt64), math.MaxInt64)
		wantItem[int64](t, torch.Scalar[int64](math.MinInt64), math.MinInt64)
		wantItem[float64](t, torch.Scalar[int64](math.MinInt64), math.MinInt64)
		wantItem[int64](t, torch.FromSlice([]uint8{255}, 1, 1, 1), 255)
		wantItem[uint8](t, torch.Scalar[int64](255), 255)
		wantItem[int8](t, torch.Scalar[int32](-128), -128)
		wantItem[int16](t, torch.Scalar[int16](-1<<15), -1<<15)
		wantItem[int32](t, torch.Scalar[int64](math.MinInt32), math.MinInt32)
		wantItem[float32](t, torch.Scalar[int64](1<<24), 1<<24)
		wantItem[float64](t, torch.Scalar[uint8](7), 7)
		wantItem(t, torch.Scalar(true), true)
		wantItem(t, torch.Scalar(false), false)
		wantItem(t, torch.Scalar[float32](0.1), float64(float32(0.1)))
		wantItem[float32](t, torch.Scalar[float32](0.1), 0.1)
		wantItem(t, torch.Scalar(math.Inf(-1)), float32(math.Inf(-1)))
		wantItem(t, torch.Scalar(math.Copysign(0, -1)), float32(0))
		for _, d := range []torch.DType{torch.Float16, torch.BFloat16} {
			wantItem(t, torch.Scalar[float32](-1.5).To(d).SetRequiresGrad(true), -1.5)
		}
		if v := torch.Item[float32](torch.Scalar(math.NaN())); v == v {
			t.Errorf("Item of NaN is %v", v)
		}
	})
}

// A value that T cannot represent is an error with the value and both types.
func TestItemRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		f     func()
		words []string
	}{
		"2^53+1 as float64":  {func() { torch.Item[float64](torch.Scalar[int64](1<<53 + 1)) }, []string{"9007199254740993", "int64", "float64"}},
		"max int as float64": {func() { torch.Item[float64](torch.Scalar[int64](math.MaxInt64)) }, []string{"9223372036854775807"}},
		"max int as float32": {func() { torch.Item[float32](torch.Scalar[int64](math.MaxInt64)) }, []string{"9223372036854775807"}},
		"256 as uint8":       {func() { torch.Item[uint8](torch.Scalar[int64](256)) }, []string{"256", "uint8"}},
		"-1 as uint8":        {func() { torch.Item[uint8](torch.Scalar[int64](-1)) }, []string{"-1", "uint8"}},
		"2^31 as int32":      {func() { torch.Item[int32](torch.Scalar[int64](1 << 31)) }, []string{"2147483648", "int32"}},
		"0.1 as float32":     {func() { torch.Item[float32](torch.Scalar(0.1)) }, []string{"0.1", "float64", "float32"}},
		"1e300 as float32":   {func() { torch.Item[float32](torch.Scalar(1e300)) }, []string{"1e+300"}},
		"a float as int":     {func() { torch.Item[int64](torch.Ones(nil)) }, []string{"1 of type float32", "int64"}},
		"a bool as int":      {func() { torch.Item[int64](torch.Scalar(true)) }, []string{"true of type bool", "int64"}},
		"a bool as float":    {func() { torch.Item[float64](torch.Scalar(true)) }, []string{"bool", "float64"}},
		"an int as bool":     {func() { torch.Item[bool](torch.Scalar[int64](1)) }, []string{"1 of type int64", "bool"}},
		"no element":         {func() { torch.Item[float64](torch.Ones([]int64{0})) }, []string{"0 elements"}},
		"two elements":       {func() { torch.Item[float64](torch.Ones([]int64{2})) }, []string{"2 elements"}},
		"None":               {func() { torch.Item[float64](torch.Tensor{}) }, nil},
	} {
		t.Run(name, func(t *testing.T) { fails(t, c.f, "item", c.words...) })
	}
}
