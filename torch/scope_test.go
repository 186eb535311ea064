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

// With moves tensors to the enclosing scope and returns any other value.
func TestWith(t *testing.T) {
	start := torch.LiveTensors()
	do(t, func() {
		ones, err := torch.With(func() (torch.Tensor, error) {
			x := torch.Ones([]int64{2})
			return x.Add(x), nil
		})
		if n := torch.LiveTensors() - start; err != nil || n != 1 {
			t.Errorf("a tensor: %d live tensors after it, error %v", n, err)
		}
		two, err := torch.With(func() ([]torch.Tensor, error) {
			return []torch.Tensor{ones.Neg(), {}, ones.Exp().Log(), ones}, nil
		})
		if n := torch.LiveTensors() - start; err != nil || n != 3 || torch.Item[float64](two[0].Sum()) != -4 || two[1].Defined() {
			t.Errorf("a list: %d live tensors after it, error %v", n, err)
		}
		if !ones.Equal(two[3]) {
			t.Error("a tensor of the enclosing scope does not stay there")
		}
	})
	sum, err := torch.With(func() (float64, error) { return torch.Item[float64](torch.Ones([]int64{5}).Sum()), nil })
	if sum != 5 || err != nil || torch.LiveTensors() != start {
		t.Errorf("a number: %v, error %v, %d live tensors", sum, err, torch.LiveTensors()-start)
	}
}

func TestWithFails(t *testing.T) {
	start := torch.LiveTensors()
	_, err := torch.With(func() (torch.Tensor, error) { return torch.Ones(nil), nil })
	wantError(t, err, "With", "no enclosing scope is open")
	mine := errors.New("mine")
	do(t, func() {
		x, err := torch.With(func() (torch.Tensor, error) { return torch.Ones(nil), mine })
		if err != mine || x.Defined() {
			t.Errorf("%v, error %v; want None and the function's error", x, err)
		}
		n, err := torch.With(func() (int, error) { torch.Ones([]int64{2, 3}).Mm(torch.Ones([]int64{2, 3})); return 1, nil })
		if wantError(t, err, "mm"); n != 0 {
			t.Errorf("value %d with an error", n)
		}
		// The whole list is refused: freed tensors are no result.
		list, err := torch.With(func() ([]torch.Tensor, error) {
			gone := torch.Ones(nil)
			gone.Free()
			return []torch.Tensor{torch.Ones(nil), gone}, nil
		})
		if wantError(t, err, "Keep", "after the end of the scope"); list != nil {
			t.Errorf("list %v with an error", list)
		}
	})
	if n := torch.LiveTensors() - start; n != 0 {
		t.Errorf("errors leak %d tensors", n)
	}
}

// A scope that has ended, or that is open on another thread, cannot own tensors.
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
	// Its slot is reused by a tensor that must not be mistaken for x.
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

// An inner operator's failure is the inner Do's error; the outer one continues.
func TestFailureStopsTheInnermostDo(t *testing.T) {
	do(t, func() {
		a := torch.Ones([]int64{2, 3})
		after := false
		err := torch.Do(func() error { a.Mm(a); after = true; return nil })
		wantError(t, err, "mm")
		if after {
			t.Error("Do continued after a failing operator")
		}
		if v := torch.Item[float64](a.Sum()); v != 6 {
			t.Errorf("sum %v, want 6", v)
		}
	})
}

// A panic that is not an operator's failure passes through Do, which still frees.
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

// Many tensors, freed and made again, so that slots are reused often.
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
