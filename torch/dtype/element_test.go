package dtype

import (
	"encoding/binary"
	"math"
	"testing"
)

func TestElement(t *testing.T) {
	le := binary.LittleEndian
	for _, c := range []struct {
		d    DType
		b    []byte
		want float64
	}{
		{Uint8, []byte{200}, 200}, {Int8, []byte{200}, -56}, {Bool, []byte{1}, 1},
		{Int16, []byte{0, 0x80}, -32768}, {Int32, le.AppendUint32(nil, 0xffffffff), -1}, {Int64, le.AppendUint64(nil, 1<<40), 1 << 40},
		{Float16, []byte{0xff, 0x7b}, 65504}, {Float16, []byte{0, 0x7c}, math.Inf(1)}, {Float16, []byte{0, 0xfc}, math.Inf(-1)},
		{Float16, []byte{0xff, 3}, 1023 * math.Ldexp(1, -24)}, {BFloat16, []byte{0x80, 0xbf}, -1},
		{Float32, le.AppendUint32(nil, math.Float32bits(.5)), .5}, {Float64, le.AppendUint64(nil, math.Float64bits(1e300)), 1e300},
	} {
		if got := c.d.Float(c.b); got != c.want {
			t.Errorf("%v %x is %v, want %v", c.d, c.b, got, c.want)
		}
	}
	if !math.IsNaN(Float16.Float([]byte{1, 0x7c})) || !math.IsNaN(DType(99).Float(nil)) {
		t.Error("NaN is not NaN")
	}
}
