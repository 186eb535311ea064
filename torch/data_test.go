package torch_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func roundTrip[T torch.Element](t *testing.T, d torch.DType, values ...T) {
	t.Helper()
	do(t, func() {
		x := torch.FromSlice(values, 1, int64(len(values)))
		if x.DType() != d || torch.DTypeOf[T]() != d {
			t.Fatalf("%T: dtype %v, want %v", values, x.DType(), d)
		}
		wantShape(t, d.String(), x, 1, int64(len(values)))
		if got := torch.Slice[T](x); !slices.Equal(got, values) {
			t.Errorf("%v: %v came back as %v", d, values, got)
		}
		var raw bytes.Buffer
		binary.Write(&raw, binary.LittleEndian, values)
		if !bytes.Equal(x.Bytes(), raw.Bytes()) {
			t.Errorf("%v: bytes %v, want %v", d, x.Bytes(), raw.Bytes())
		}
		if got := torch.Slice[T](torch.FromBytes(raw.Bytes(), d, int64(len(values)))); !slices.Equal(got, values) {
			t.Errorf("%v: FromBytes gives %v", d, got)
		}
		// The tensor has its own copy.
		kept := slices.Clone(values)
		clear(values)
		if got := torch.Slice[T](x); !slices.Equal(got, kept) {
			t.Errorf("%v: the tensor changed with the slice", d)
		}
	})
}

func TestSlicesOfEveryType(t *testing.T) {
	roundTrip[uint8](t, torch.Uint8, 0, 1, 255)
	roundTrip[int8](t, torch.Int8, -128, 127, 5)
	roundTrip[int16](t, torch.Int16, -1<<15, 1<<15-1)
	roundTrip[int32](t, torch.Int32, math.MinInt32, math.MaxInt32)
	roundTrip[int64](t, torch.Int64, math.MinInt64, math.MaxInt64, 7)
	roundTrip[float32](t, torch.Float32, -0.1, math.MaxFloat32, float32(math.Inf(1)), math.SmallestNonzeroFloat32)
	roundTrip(t, torch.Float64, -0.1, math.MaxFloat64, math.Inf(-1))
	roundTrip(t, torch.Bool, true, false, true)
}

// Bytes are written to, and read from, tensors in any order of memory; on the CPU at once.
func TestWritingAndLater(t *testing.T) {
	do(t, func() {
		y := torch.Zeros([]int64{2, 2}, torch.On(torch.Int16, torch.CPU)).T()
		src, dst := []byte{1, 0, 2, 0, 3, 0, 4, 0}, make([]byte, 8)
		y.WriteBytes(src)
		if got := torch.Slice[int16](y); !slices.Equal(got, []int16{1, 2, 3, 4}) {
			t.Errorf("written: %v", got)
		}
		if y.ReadBytesLater(dst); !bytes.Equal(dst, src) {
			t.Errorf("read: %v", dst)
		}
		y.WriteBytesLater(make([]byte, 8))
		if got := torch.Slice[int16](y); !slices.Equal(got, make([]int16, 4)) {
			t.Errorf("written later: %v", got)
		}
		fails(t, func() { y.WriteBytes(make([]byte, 7)) }, "copy", "7 bytes, the tensor 8")
		fails(t, func() { y.ReadBytesLater(make([]byte, 9)) }, "copy", "8 bytes, the buffer 9")
	})
}

// Types without a Go type go through bytes; 1.5 and -2 are exact in all of them.
func TestBytesOfHalfTypes(t *testing.T) {
	do(t, func() {
		for d, raw := range map[torch.DType][]byte{
			torch.Float16:  {0x00, 0x3e, 0x00, 0xc0},
			torch.BFloat16: {0xc0, 0x3f, 0x00, 0xc0},
		} {
			x := torch.FromBytes(raw, d, 2)
			if got := torch.Slice[float32](x.To(torch.Float32)); !slices.Equal(got, []float32{1.5, -2}) {
				t.Errorf("%v: %v", d, got)
			}
			if back := torch.FromSlice([]float32{1.5, -2}).To(d).Bytes(); !bytes.Equal(back, raw) {
				t.Errorf("%v: bytes %x, want %x", d, back, raw)
			}
		}
	})
}

// Slices are in C order whatever the tensor's memory order.
func TestSliceOfStridedTensor(t *testing.T) {
	do(t, func() {
		x := torch.Arange(0, 6).View(2, 3).T()
		if got, want := torch.Slice[int64](x), []int64{0, 3, 1, 4, 2, 5}; !slices.Equal(got, want) {
			t.Errorf("slice %v, want %v", got, want)
		}
		w := torch.Arange(0, 24, torch.On(torch.Float32, torch.CPU)).View(1, 3, 2, 4)
		if !bytes.Equal(w.ToFormat(torch.ChannelsLast).Bytes(), w.Bytes()) {
			t.Error("bytes depend on the memory format")
		}
	})
}

func TestShapesOfSlices(t *testing.T) {
	do(t, func() {
		wantShape(t, "without a shape", torch.FromSlice([]int64{1, 2, 3}), 3)
		wantShape(t, "empty", torch.FromSlice([]int64{}), 0)
		wantShape(t, "no rows", torch.FromSlice([]float32{}, 0, 4), 0, 4)
		if got := torch.Slice[float32](torch.FromSlice([]float32{}, 0, 4)); len(got) != 0 {
			t.Errorf("empty tensor gives %v", got)
		}
		s := torch.Scalar[int64](-9)
		wantShape(t, "scalar", s)
		if s.Numel() != 1 || s.Dim() != 0 || torch.Item[int64](s) != -9 {
			t.Errorf("scalar of %d elements, %d dimensions: %v", s.Numel(), s.Dim(), torch.Item[int64](s))
		}
		x := torch.Zeros([]int64{2, 5, 3})
		if x.Size(0) != 2 || x.Size(-1) != 3 || x.Size(1) != 5 || x.Numel() != 30 {
			t.Errorf("sizes %d %d %d, %d elements", x.Size(0), x.Size(-1), x.Size(1), x.Numel())
		}
	})
}

// The numbers of types, devices and memory formats are libtorch's.
func TestNumbersOfTypes(t *testing.T) {
	do(t, func() {
		for d, name := range map[torch.DType]string{
			torch.Uint8: "Byte", torch.Int8: "Char", torch.Int16: "Short", torch.Int32: "Int", torch.Int64: "Long", torch.Float16: "Half",
			torch.BFloat16: "BFloat16", torch.Float32: "Float", torch.Float64: "Double", torch.Bool: "Bool",
		} {
			x := torch.Zeros([]int64{1}, torch.On(d, torch.CPU))
			if text := x.String(); !strings.Contains(text, "[ CPU"+name+"Type{1} ]") || x.DType() != d || len(x.Bytes()) != d.Size() {
				t.Errorf("%v of %d bytes is libtorch's %q", d, d.Size(), text)
			}
		}
	})
}

func TestText(t *testing.T) {
	do(t, func() {
		if got, want := torch.FromSlice([]int64{1, 20}).String(), "  1\n 20\n[ CPULongType{2} ]"; got != want {
			t.Errorf("text %q, want %q", got, want)
		}
		if got := (torch.Tensor{}).String(); got != "None" || (torch.Tensor{}).Defined() {
			t.Errorf("the zero Tensor is %q", got)
		}
	})
}
