package cgo

import (
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// onThread keeps the test on its OS thread, to which scopes belong.
func onThread(t *testing.T) {
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
}

func wantError(t *testing.T, what string, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: error %v, want %q in it", what, err, words)
	}
}

func TestScopesCloseInnermostFirst(t *testing.T) {
	onThread(t)
	outer, _, err := OpenScope()
	if err != nil {
		t.Fatal(err)
	}
	inner, _, err := OpenScope()
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, "outer first", outer.Close(), "innermost first")
	if err := inner.Close(); err != nil {
		t.Error(err)
	}
	wantError(t, "twice", inner.Close(), "innermost first")
	if err := outer.Close(); err != nil {
		t.Error(err)
	}
	wantError(t, "none open", outer.Close(), "innermost first")
}

// Numbers that are not a tensor's are refused.
func TestInventedNumbers(t *testing.T) {
	onThread(t)
	scope, _, err := OpenScope()
	if err != nil {
		t.Fatal(err)
	}
	defer scope.Close()
	v := float32(1)
	x, err := NewTensor(unsafe.Pointer(&v), 4, 6, nil)
	if err != nil {
		t.Fatal(err)
	}
	var info Info
	if err := x.Info(&info); err != nil || info.Dims != 0 || info.DType != 6 {
		t.Fatalf("info %+v, error %v", info, err)
	}
	for _, n := range []Tensor{x + 1, x + 1<<32, x - 1<<32, -x, 1 << 62, -1, 5, x & 0xffffffff} {
		wantError(t, "invented number", n.Info(&info), "used after the end of the scope")
		if err := n.Free(); err != nil {
			t.Errorf("Free of an invented number: %v", err)
		}
	}
	if err := x.Info(&info); err != nil {
		t.Error("an invented number freed a tensor")
	}
}

func TestNewTensorChecksTheType(t *testing.T) {
	onThread(t)
	scope, _, _ := OpenScope()
	defer scope.Close()
	for _, d := range []int8{99, -1} {
		_, err := NewTensor(nil, 0, d, []int64{0})
		wantError(t, "dtype", err, "unknown dtype")
	}
}

// Words are read with bounds checks, and strings keep their bytes.
func TestWords(t *testing.T) {
	onThread(t)
	scope, _, _ := OpenScope()
	defer scope.Close()
	neg := &Op{Name: "aten::neg"}
	for _, words := range [][]int64{{tagTensor}, {tagInts, 5, 1}, {tagInts, -1}, {tagTensors, 1 << 60}, {tagString, 9, 0}, {tagDevice, 0}} {
		a := NewArgs()
		a.add(words...)
		_, err := neg.Results(a)
		wantError(t, "short words", err, "end early")
	}
	a := NewArgs()
	a.add(77)
	_, err := neg.Results(a)
	wantError(t, "tag 77", err, "unknown argument tag")
	empty := &Op{Name: "aten::empty", Overload: "memory_format"}
	x, err := empty.Call1(NewArgs().Ints([]int64{2}))
	if err != nil || x == 0 {
		t.Errorf("empty: %v, %v", x, err)
	}
	for _, s := range []string{"", "a", "1234567", "12345678", "123456789"} {
		// div's message quotes the unknown mode.
		_, err := (&Op{Name: "aten::div", Overload: "Tensor_mode"}).Call1(NewArgs().Tensor(x).Tensor(x).String(s))
		wantError(t, "text "+s, err, "but found '"+s+"'")
	}
	if _, err := (&Op{Name: "aten::equal"}).Call1(NewArgs().Tensor(x).Tensor(x)); err == nil {
		t.Error("Call1 accepted a bool as a tensor")
	}
	if _, err := (&Op{Name: "aten::relu"}).Call1(NewArgs().None()); err == nil {
		t.Error("relu accepted None")
	}
}

// A failed lookup fails again with the same message.
func TestOpNotFound(t *testing.T) {
	op := &Op{Name: "aten::nothing"}
	for range 2 {
		wantError(t, "lookup", op.call0(), "Could not find schema for aten::nothing")
	}
}

func (o *Op) call0() error { return o.CallVoid(NewArgs()) }

// Without the CUDA libraries, the error of opening them names the missing file.
func TestOpenCUDA(t *testing.T) {
	err := OpenCUDA()
	if err == nil {
		if n, err := CUDADeviceCount(); err != nil && n != 0 {
			t.Errorf("%d GPUs and the error %v", n, err)
		}
		return
	}
	if !strings.Contains(err.Error(), ".so") {
		t.Errorf("error %v does not name a library", err)
	}
	if again := OpenCUDA(); again == nil || again.Error() != err.Error() {
		t.Errorf("a second time: %v", again)
	}
	_, err = CUDADeviceCount()
	wantError(t, "count", err, "CUDA is not open")
}
