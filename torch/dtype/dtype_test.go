package dtype

import "testing"

func TestTypes(t *testing.T) {
	// Numbers are those of c10/core/ScalarType.h.
	for _, c := range []struct {
		d      DType
		number int8
		name   string
		size   int
		float  bool
	}{
		{Uint8, 0, "uint8", 1, false}, {Int8, 1, "int8", 1, false}, {Int16, 2, "int16", 2, false}, {Int32, 3, "int32", 4, false},
		{Int64, 4, "int64", 8, false}, {Float16, 5, "float16", 2, true}, {Float32, 6, "float32", 4, true},
		{Float64, 7, "float64", 8, true}, {Bool, 11, "bool", 1, false}, {BFloat16, 15, "bfloat16", 2, true},
	} {
		if int8(c.d) != c.number || c.d.String() != c.name || c.d.Size() != c.size || c.d.IsFloat() != c.float {
			t.Errorf("%s: number %d, name %q, size %d, float %v", c.name, c.d, c.d, c.d.Size(), c.d.IsFloat())
		}
		for _, name := range []string{c.name, "torch." + c.name} {
			if d, err := Parse(name); d != c.d || err != nil {
				t.Errorf("Parse(%q) = %v, %v", name, d, err)
			}
		}
	}
	if len(info) != 10 {
		t.Errorf("%d types, 10 tested", len(info))
	}
}

func TestUnknown(t *testing.T) {
	if d := DType(9); d.String() != "dtype(9)" || d.Size() != 0 || d.IsFloat() {
		t.Errorf("complex64 is %v of %d bytes", d, d.Size())
	}
	for _, name := range []string{"", "torch.", "float", "Float32", "complex64", "torch.torch.int8"} {
		if d, err := Parse(name); err == nil {
			t.Errorf("Parse(%q) = %v", name, d)
		}
	}
}
