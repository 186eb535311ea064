package eval

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// The minimum is where torch.optim.LBFGS finds it.
func TestLogisticIsPyTorchs(t *testing.T) {
	g := torchtest.Open(t, solvers)
	var penalties map[string]float64
	g.JSON("penalties", &penalties)
	torchtest.Do(t, func() {
		train := solverSet(g)
		for name, penalty := range penalties {
			iterations := 0
			l := Logistic{Penalty: penalty, Iterations: 500, Tolerance: 1e-10, Progress: func(done, _ int) { iterations = done }}
			w, b, err := l.fit(context.Background(), train, 4)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d iterations; weights differ from PyTorch's by %.2g", name, iterations, torchtest.Difference(w, g.Tensor("logistic/"+name+"/weight")))
			g.Near("logistic/"+name+"/weight", w, 1e-6)
			// A constant added to all biases changes nothing: both start at 0 and stay centred.
			g.Near("logistic/"+name+"/bias", b, 1e-6)
			loss := torch.Item[float64](torch.CrossEntropy(train.X.To(torch.Float64).Mm(w).Add(b), train.Labels, torch.ReduceMean))
			if penalty == 0 {
				penalty = 1. / 120
			}
			loss += penalty / 2 * torch.Item[float64](w.Square().Sum())
			g.Near("logistic/"+name+"/loss", torch.FromSlice([]float64{loss}), 1e-12)
		}
	})
	g.Unused("logistic/")
}

func TestLogisticPredicts(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(2)
		train, test := blobs(200, 6), blobs(100, 6)
		top, err := DefaultLogistic().Predict(context.Background(), train, 6, test.X)
		if err != nil {
			t.Fatal(err)
		}
		if a := score.Of(top, test.Y, 6, score.Groups{}); a.Top1 != 100 || len(top[0]) != 5 {
			t.Errorf("%v %% right, %d classes per row; want 100 and 5", a.Top1, len(top[0]))
		}
		ctx, cancel := context.WithCancel(context.Background())
		l := DefaultLogistic()
		l.Progress = func(done, _ int) {
			if done == 2 {
				cancel()
			} else if done > 2 {
				t.Error("continued after its context ended")
			}
		}
		if _, err := l.Predict(ctx, train, 6, test.X); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want Canceled", err)
		}
		if _, err := (Logistic{}).Predict(context.Background(), train, 6, test.X); err == nil {
			t.Error("no iterations are no error")
		}
		train.X.Select(0, 3).Fill_(math.Inf(1))
		if _, err := DefaultLogistic().Predict(context.Background(), train, 6, test.X); err == nil || !strings.Contains(err.Error(), "finite") {
			t.Errorf("infinite features: error %v", err)
		}
		if _, err := DefaultLogistic().Predict(context.Background(), test, 2, test.X); err == nil {
			t.Error("a class out of range is no error")
		}
	})
}

// Rosenbrock's function, whose minimum is at the end of a bent valley.
func TestMinimiserInAValley(t *testing.T) {
	torchtest.Do(t, func() {
		x := torch.FromSlice([]float64{-1.2, 1})
		evaluations := 0
		m := minimiser{iterations: 200, tolerance: 1e-9, objective: func(at torch.Tensor) (float64, torch.Tensor) {
			evaluations++
			v := torch.Slice[float64](at)
			a, b := v[0], v[1]
			return 100*(b-a*a)*(b-a*a) + (1-a)*(1-a), torch.FromSlice([]float64{-400*a*(b-a*a) - 2*(1-a), 200 * (b - a*a)})
		}}
		if err := m.run(context.Background(), x); err != nil {
			t.Fatal(err)
		}
		got := torch.Slice[float64](x)
		if math.Abs(got[0]-1) > 1e-7 || math.Abs(got[1]-1) > 1e-7 || evaluations > 100 {
			t.Errorf("minimum at %v after %d evaluations, want 1 1 within 100", got, evaluations)
		}
	})
}

// The conditions hold at every length that the search accepts.
func TestLineSearch(t *testing.T) {
	torchtest.Do(t, func() {
		for _, c := range []struct{ curve, start float64 }{{1, -3}, {1e-4, -3}, {1e6, 2}, {1, -1e-3}} {
			f := func(v float64) (float64, float64) {
				return math.Log(math.Cosh(math.Sqrt(c.curve) * v)), math.Sqrt(c.curve) * math.Tanh(math.Sqrt(c.curve)*v)
			}
			m := minimiser{objective: func(at torch.Tensor) (float64, torch.Tensor) {
				value, slope := f(torch.Item[float64](at))
				return value, torch.FromSlice([]float64{slope})
			}}
			value, slope := f(c.start)
			m.x, m.value, m.slope = torch.FromSlice([]float64{c.start}), value, -slope*slope
			m.gradient, m.direction = torch.FromSlice([]float64{slope}), torch.FromSlice([]float64{-slope})
			m.trial, m.trialGrad = torch.FromSlice([]float64{0.0}), torch.FromSlice([]float64{0.0})
			if !m.search() {
				t.Errorf("%+v: nothing found", c)
				continue
			}
			end := torch.Item[float64](m.trial)
			length := (end - c.start) / -slope
			v, s := f(end)
			if v > value-sufficientDecrease*length*slope*slope || math.Abs(s*slope) > flatter*slope*slope || m.value != v {
				t.Errorf("%+v: length %v has value %v of %v, slope %v of %v", c, length, v, value, s, slope)
			}
		}
	})
}
