package torch_test

import (
	"errors"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

func TestScopesNest(t *testing.T) {
	start := torch.LiveTensors()
	live := func() int64 { return torch.LiveTensors() - start }
	doScope(t, func(outer *torch.Scope) {
		a := torch.Ones([]int64{2})
		do2 := func(f func(*torch.Scope)) {
			if err := torch.DoScope(func(s *torch.Scope) error { f(s); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		var kept, toMiddle torch.Tensor
		do2(func(middle *torch.Scope) {
			b := a.Add(a)
			do2(func(*torch.Scope) {
				c := b.Mul(b)
				toMiddle = c.AddScalar(1)
				kept = c.AddScalar(2)
				middle.Keep(toMiddle)
				outer.Keep(kept)
				if live() != 5 {
					t.Errorf("innermost: %d live tensors, want 5", live())
				}
			})
			if live() != 4 {
				t.Errorf("middle: %d live tensors, want a, b and two kept", live())
			}
			if v := torch.Item[float64](toMiddle.Sum()); v != 10 {
				t.Errorf("kept in the middle scope: %v, want 10", v)
			}
		})
		if live() != 2 {
			t.Errorf("outer: %d live tensors, want a and one kept", live())
		}
		if v := torch.Item[float64](kept.Sum()); v != 12 {
			t.Errorf("kept in the outer scope: %v, want 12", v)
		}
		wantError(t, torch.Do(func() error { toMiddle.Sum(); return nil }), "sum", "after the end of the scope")
	})
}

// A scope that has ended, or that is open on another thread, owns nothing more.
func TestKeepIntoAScopeThatIsNotOpen(t *testing.T) {
	var ended *torch.Scope
	doScope(t, func(s *torch.Scope) { ended = s })
	fails(t, func() { ended.Keep(torch.Ones(nil)) }, "Keep", "not open on this thread")
	doScope(t, func(s *torch.Scope) {
		x := torch.Ones(nil)
		err := make(chan error)
		go func() {
			err <- torch.Do(func() error { s.Keep(x); return nil })
		}()
		wantError(t, <-err, "Keep", "not open on this thread")
	})
}

func TestUseAfterTheScope(t *testing.T) {
	var x torch.Tensor
	do(t, func() { x = torch.Ones([]int64{3}) })
	// Its slot is used again, by a tensor that must not be taken for x.
	fails(t, func() { torch.Zeros([]int64{3}); x.Add(x) }, "add.Tensor", "after the end of the scope that owned it")
	fails(t, func() { x.Shape() }, "tensor", "after the end of the scope")
	fails(t, func() { torch.Item[float64](x) }, "item", "after the end of the scope")
	fails(t, func() { torch.Slice[float32](x) }, "tensor", "after the end of the scope")
	fails(t, func() { x.Zero_() }, "zero_", "after the end of the scope")
	fails(t, func() { torch.Cat([]torch.Tensor{x}, 0) }, "cat", "after the end of the scope")
	fails(t, func() { x.Backward() }, "backward", "after the end of the scope")
	fails(t, func() { x.SetRequiresGrad(true) }, "requires_grad_", "after the end of the scope")
	if s := x.String(); s == "" {
		t.Error("no text for a freed tensor")
	}
}

func TestFree(t *testing.T) {
	do(t, func() {
		before := torch.LiveTensors()
		x := torch.Ones([]int64{3})
		y := x.View(3)
		x.Free()
		x.Free() // a second time does nothing
		if n := torch.LiveTensors() - before; n != 1 {
			t.Errorf("%d live tensors after Free, want 1", n)
		}
		if v := torch.Item[float64](y.Sum()); v != 3 {
			t.Errorf("a view of a freed tensor sums to %v, want 3", v)
		}
		torch.Tensor{}.Free()
	})
	fails(t, func() { x := torch.Ones(nil); x.Free(); x.Exp() }, "exp", "after the end of the scope")
}

func TestErrorOfTheFunctionComesBack(t *testing.T) {
	mine := errors.New("mine")
	before := torch.LiveTensors()
	if err := torch.Do(func() error { torch.Ones(nil); return mine }); err != mine {
		t.Errorf("Do returned %v, want the function's error", err)
	}
	if torch.LiveTensors() != before {
		t.Error("an error leaks tensors")
	}
}

// An inner operator's failure is the inner Do's error; the outer goes on.
func TestFailureStopsTheInnermostDo(t *testing.T) {
	do(t, func() {
		a := torch.Ones([]int64{2, 3})
		after := false
		err := torch.Do(func() error { a.Mm(a); after = true; return nil })
		wantError(t, err, "mm")
		if after {
			t.Error("Do went on after a failing operator")
		}
		if v := torch.Item[float64](a.Sum()); v != 6 {
			t.Errorf("sum %v, want 6", v)
		}
	})
}

// A panic that is not an operator's failure passes Do, which still frees.
func TestForeignPanicPasses(t *testing.T) {
	before := torch.LiveTensors()
	func() {
		defer func() {
			if p := recover(); p != "bug" {
				t.Errorf("recovered %v, want the panic's own value", p)
			}
		}()
		torch.Do(func() error {
			return torch.Do(func() error { torch.Ones(nil); panic("bug") })
		})
	}()
	if torch.LiveTensors() != before {
		t.Error("a panic leaks tensors")
	}
	do(t, func() { torch.Ones(nil) }) // the thread's scopes are in order
}

// Many tensors, freed and made again, so that slots are used often.
func TestManyTensors(t *testing.T) {
	doScope(t, func(outer *torch.Scope) {
		sum := torch.Zeros(nil)
		for range 50 {
			err := torch.Do(func() error {
				for range 200 {
					sum.Add_(torch.Ones(nil), 1)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if v := torch.Item[float64](sum); v != 10000 {
			t.Errorf("sum %v, want 10000", v)
		}
	})
}
