package torch_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// recording reports whether grad mode is on, as the next operator sees it.
func recording() bool {
	return torch.Ones(nil).SetRequiresGrad(true).MulScalar(2).RequiresGrad()
}

func TestGradModes(t *testing.T) {
	do(t, func() {
		want := func(where string, on bool) {
			t.Helper()
			if recording() != on {
				t.Errorf("%s: recording is %v", where, !on)
			}
		}
		want("at first", true)
		torch.NoGrad(func() {
			want("NoGrad", false)
			torch.EnableGrad(func() { want("EnableGrad in NoGrad", true) })
			want("after EnableGrad", false)
			torch.NoGrad(func() { want("NoGrad in NoGrad", false) })
			want("after the inner NoGrad", false)
		})
		want("after NoGrad", true)

		// After a failing operator and a panic the mode is restored.
		bad := func() { torch.Ones([]int64{2, 3}).Mm(torch.Ones([]int64{2, 3})) }
		if torch.Do(func() error { torch.NoGrad(bad); return nil }) == nil {
			t.Error("no error")
		}
		want("after an error in NoGrad", true)
		func() {
			defer func() { recover() }()
			torch.NoGrad(func() { panic("bug") })
		}()
		want("after a panic in NoGrad", true)
	})
}

// product is the type in which autocast runs a matrix product.
func product() torch.DType {
	a := torch.Ones([]int64{2, 2})
	return a.Mm(a).DType()
}

func TestAutocastIsPutBack(t *testing.T) {
	do(t, func() {
		want := func(where string, d torch.DType) {
			t.Helper()
			if got := product(); got != d {
				t.Errorf("%s: products are %v, want %v", where, got, d)
			}
		}
		want("at first", torch.Float32)
		torch.Autocast(torch.CPU, torch.BFloat16, func() {
			want("bfloat16", torch.BFloat16)
			torch.Autocast(torch.CPU, torch.Float16, func() { want("float16 inside", torch.Float16) })
			want("after the inner one", torch.BFloat16)
		})
		want("after", torch.Float32)
		if torch.Do(func() error {
			torch.AutocastNoCache(torch.CPU, torch.BFloat16, func() { torch.Call("no_such") })
			return nil
		}) == nil {
			t.Error("no error")
		}
		want("after an error", torch.Float32)
		func() {
			defer func() { recover() }()
			torch.Autocast(torch.CPU, torch.BFloat16, func() { panic("bug") })
		}()
		want("after a panic", torch.Float32)
	})
}

func TestAutocastConvAndLinear(t *testing.T) {
	do(t, func() {
		x, w := torch.Ones([]int64{1, 2, 4, 4}), torch.Ones([]int64{3, 2, 3, 3}).SetRequiresGrad(true)
		l, b := torch.Ones([]int64{5, 4}).SetRequiresGrad(true), torch.Ones([]int64{5})
		for name, cast := range map[string]func(torch.Device, torch.DType, func()){"Autocast": torch.Autocast, "AutocastNoCache": torch.AutocastNoCache} {
			var conv, linear, norm torch.Tensor
			cast(torch.CPU, torch.BFloat16, func() {
				conv = torch.Conv2d(x, w, torch.Tensor{}, torch.Conv2dOptions{Padding: 1})
				linear = torch.Linear(x, l, b)
				norm = x.Softmax(1)
			})
			if conv.DType() != torch.BFloat16 || linear.DType() != torch.BFloat16 || norm.DType() != torch.Float32 {
				t.Errorf("%s: conv %v, linear %v, softmax %v; want bfloat16, bfloat16, float32", name, conv.DType(), linear.DType(), norm.DType())
			}
			if v := torch.Item[float64](linear.Select(0, 0).Select(0, 0).Select(0, 0).Select(0, 0)); v != 5 {
				t.Errorf("%s: linear gives %v, want 5", name, v)
			}
			// Gradients have the weights' type.
			linear.Sum().Backward()
			conv.Sum().Backward()
			if d := l.Grad().DType(); d != torch.Float32 {
				t.Errorf("%s: gradient is %v", name, d)
			}
		}
	})
}

// Goroutines with different modes run concurrently, yield often, and each keeps its mode.
func TestGoroutinesDoNotShareModes(t *testing.T) {
	before := torch.LiveTensors()
	var wg sync.WaitGroup
	errs := make(chan error, 1000)
	for g := range 16 {
		wg.Go(func() {
			for i := range 40 {
				noGrad := (g+i)%2 == 0
				err := torch.Do(func() error {
					check := func() {
						for range 3 {
							if recording() == noGrad {
								errs <- fmt.Errorf("goroutine %d: recording is %v", g, noGrad)
							}
							runtime.Gosched()
						}
					}
					if noGrad {
						torch.NoGrad(check)
					} else {
						check()
					}
					x := torch.Full([]int64{4}, float64(g))
					runtime.Gosched()
					if v := torch.Item[float64](x.Sum()); v != 4*float64(g) {
						errs <- fmt.Errorf("goroutine %d: sum %v", g, v)
					}
					if i%10 == 9 {
						x.Mm(x)
					}
					return nil
				})
				if (err != nil) != (i%10 == 9) {
					errs <- fmt.Errorf("goroutine %d, turn %d: error %v", g, i, err)
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors, %d before", after, before)
	}
}

// A tensor may be used by other goroutines while its scope is open.
func TestTensorOfAnotherGoroutine(t *testing.T) {
	do(t, func() {
		x := torch.Arange(0, 5)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := torch.Do(func() error {
					if v := torch.Item[float64](x.Sum()); v != 10 {
						t.Errorf("sum %v, want 10", v)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}

// threadsHere is the number of threads that libtorch uses on this OS thread.
func threadsHere() (n int) {
	config, _ := torch.Config()
	_, number, _ := strings.Cut(config, "at::get_num_threads() : ")
	fmt.Sscan(number, &n)
	return n
}

// OpenMP keeps the number of threads per OS thread; SetNumThreads must also apply to
// threads that ran operators before it.
func TestSetNumThreadsHoldsOnEveryThread(t *testing.T) {
	n, err := torch.NumThreads()
	if err != nil {
		t.Fatal(err)
	}
	defer torch.SetNumThreads(n)
	ask, answer := make(chan bool), make(chan int)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		for range ask {
			torch.Do(func() error {
				torch.Ones([]int64{2}).Sum()
				answer <- threadsHere()
				return nil
			})
		}
	}()
	for _, want := range []int{n, n + 1, 1, n} {
		if err := torch.SetNumThreads(want); err != nil {
			t.Fatal(err)
		}
		ask <- true
		if got := <-answer; got != want {
			t.Errorf("another thread uses %d threads, want %d", got, want)
		}
	}
	close(ask)
	if err := torch.SetNumThreads(-1); err == nil {
		t.Error("-1 threads are no error")
	}
}
