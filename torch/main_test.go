package torch_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// cudaError is why CUDA cannot be used; nil on a machine with a GPU. It must be
// determined before the first use of libtorch.
var cudaError error

func TestMain(m *testing.M) {
	cudaError = torch.CUDAAvailable()
	os.Exit(m.Run())
}

// do runs f inside torch.Do and fails the test on an error or a leaked tensor.
func do(t *testing.T, f func()) {
	t.Helper()
	doScope(t, func(*torch.Scope) { f() })
}

// doScope is do with torch.DoScope.
func doScope(t *testing.T, f func(s *torch.Scope)) {
	t.Helper()
	before := torch.LiveTensors()
	if err := torch.DoScope(func(s *torch.Scope) error { f(s); return nil }); err != nil {
		t.Fatal(err)
	}
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors after the scope, %d before", after, before)
	}
}

// fails runs f inside torch.Do and expects a failure that names the operator and contains
// all the words. It must not leak tensors or affect what follows.
func fails(t *testing.T, f func(), op string, words ...string) {
	t.Helper()
	before := torch.LiveTensors()
	err := torch.Do(func() error { f(); return nil })
	wantError(t, err, op, words...)
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors after the error, %d before", after, before)
	}
	do(t, func() {
		if v := torch.Item[float64](torch.Ones([]int64{2}).Sum()); v != 2 {
			t.Errorf("after the error 1 + 1 is %v", v)
		}
	})
}

func wantError(t *testing.T, err error, op string, words ...string) {
	t.Helper()
	var e *torch.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want a *torch.Error of %s", err, err, op)
	}
	if e.Op != op {
		t.Errorf("error of operator %q, want %q: %v", e.Op, op, e)
	}
	for _, w := range words {
		if !strings.Contains(e.Message, w) {
			t.Errorf("error %q does not mention %q", e.Message, w)
		}
	}
	if strings.Contains(e.Message, "libtorch_cpu.so") {
		t.Errorf("error has a C++ stack trace: %q", e.Message)
	}
}

// panics runs f, which must panic with a *torch.Error, and returns it.
func panics(t *testing.T, f func()) (e *torch.Error) {
	t.Helper()
	defer func() {
		p := recover()
		var ok bool
		if e, ok = p.(*torch.Error); !ok {
			t.Fatalf("panic with %v (%T), want a *torch.Error", p, p)
		}
	}()
	f()
	return nil
}

func wantShape(t *testing.T, name string, x torch.Tensor, want ...int64) {
	t.Helper()
	got := x.Shape()
	if len(got) != len(want) {
		t.Fatalf("%s: shape %v, want %v", name, got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%s: shape %v, want %v", name, got, want)
		}
	}
}
