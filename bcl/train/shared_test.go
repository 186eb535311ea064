package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// traced is what one process of a run saw.
type traced struct {
	losses   []float64   // means of the steps
	grads    [][]float64 // of the first step, by parameter
	first    []nn64      // state after the first step
	last     []nn64
	bytes    []byte // of the last
	memory   []float32
	weights  []float64 // of memorisation
	reports  []run.Metrics
	position Position
}

// nn64 is a named tensor of a state dict.
type nn64 struct {
	name   string
	values []float64
}

var making sync.Mutex // libtorch's generator, which initial weights are drawn from, is the process's

// trace trains with a group, nil for one process. Initial weights are multiplied by 1 + nudge.
func trace(c Config, source sampler.Source, g *distributed.ProcessGroup, nudge float64) (r traced, err error) {
	c.Group = g
	list := func(t torch.Tensor) []float64 {
		return torch.Slice[float64](t.Detach().To(torch.Float64).Contiguous(torch.ContiguousFormat))
	}
	state := func(tr *Trainer) (all []nn64) {
		for _, n := range nn.StateDict(tr.Net) {
			all = append(all, nn64{n.Name, list(n.Tensor)})
		}
		return all
	}
	err = torch.Do(func() error {
		making.Lock()
		tr, err := New(c, tiny, source, torch.CPU)
		making.Unlock()
		if err != nil {
			return err
		}
		if nudge != 0 {
			torch.NoGrad(func() {
				for _, p := range nn.Parameters(tr.Net) {
					p.Copy_(p.MulScalar(1 + nudge))
				}
			})
		}
		tr.Progress = func(s Step) {
			r.losses = append(r.losses, s.Loss)
			if tr.Step != 1 {
				return
			}
			_ = torch.Do(func() error {
				for _, p := range nn.Parameters(tr.Net) {
					r.grads = append(r.grads, list(p.Grad()))
				}
				r.first = state(tr)
				return nil
			})
		}
		for !tr.Done() {
			m, err := tr.RunEpoch(context.Background())
			if err != nil {
				return err
			}
			r.reports = append(r.reports, m)
		}
		for _, n := range nn.StateDict(tr.Net) {
			r.bytes = append(r.bytes, n.Tensor.Bytes()...)
		}
		r.last, r.memory, r.position = state(tr), slices.Clone(tr.Memory.Loss()), tr.Position
		for i := range tr.Memory.Len() {
			r.weights = append(r.weights, tr.Memory.Weight(i))
		}
		return tr.Compare()
	})
	return r, err
}

// together is trace by n processes.
func together(t *testing.T, n int, c Config, source sampler.Source) []traced {
	t.Helper()
	all := make([]traced, n)
	torchtest.Ranks(t, n, time.Minute, func(g *distributed.ProcessGroup) {
		var err error
		if all[g.Rank()], err = trace(c, source, g, 0); err != nil {
			t.Errorf("rank %d of %d: %v", g.Rank(), n, err)
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	return all
}

// distance is the largest difference, relative to the largest number.
func distance(a, b []float64) (d float64) {
	most := 1e-30
	for i := range a {
		d, most = max(d, math.Abs(a[i]-b[i])), max(most, math.Abs(b[i]))
	}
	return d / most
}

// One process and several take the same steps: the gradients of the first to rounding, later
// losses to what that grows to; any process has the bits of the others, and again in another run.
func TestProcessesAreOne(t *testing.T) {
	most := 4
	type run struct {
		name string
		set  func(c *Config)
	}
	runs := []run{{"bcl-i", func(*Config) {}}, {"bcl-d", func(c *Config) { c.Method = method.BCLD }}}
	if testing.Short() {
		most, runs = 2, runs[:1]
	} else {
		runs = append(runs, run{"harmonized", func(c *Config) {
			h := harmony.Published()
			h.Classes, h.From, h.Ramp = 5, 2, 1
			c.Auxiliary = []loss.AuxiliaryConfig{h}
		}}, run{"bcl-moco", func(c *Config) { c.Method, c.Queue.Size = method.BCLMoCo, 32 }}, run{"weighted", func(c *Config) { c.Reweight = loss.FarPositives }})
	}
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			c := small(method.BCLI)
			c.Epochs, c.Batch, c.LR = 2, 10, 0.01
			r.set(&c)
			source := images(t, 103, c.Method, c.Seed) // a last batch of 3 samples: of 4 processes one has none
			one, err := trace(c, source, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			// How far one process parts from itself when its initial weights change in the last bit:
			// logged, to compare with. It may be activations at ReLU's kink; that is not shown.
			control, err := trace(c, source, nil, -1.2e-7)
			if err != nil {
				t.Fatal(err)
			}
			parted := 0.0
			for i, l := range one.losses[:10] {
				parted = max(parted, math.Abs(control.losses[i]-l))
			}
			t.Logf("one process, initial weights nudged by their last bit: losses of ten steps %.1e", parted)
			for n := 1; n <= most; n++ {
				all := together(t, n, c, source)
				for rank, got := range all {
					if !bytes.Equal(got.bytes, all[0].bytes) || !slices.Equal(got.memory, all[0].memory) || !slices.Equal(got.weights, all[0].weights) || !slices.Equal(got.losses, all[0].losses) {
						t.Errorf("rank %d of %d has other bits than rank 0", rank, n)
					}
				}
				got := all[0]
				var statistics, soon, later float64
				grads := distance(slices.Concat(got.grads...), slices.Concat(one.grads...))
				for i, w := range one.first {
					if strings.Contains(w.name, "running_") {
						statistics = max(statistics, distance(got.first[i].values, w.values))
					}
				}
				for i, l := range one.losses[:10] {
					later = max(later, math.Abs(got.losses[i]-l))
					if i < 3 {
						soon = later
					}
				}
				t.Logf("%d processes: gradients of the first step within %.1e of the largest, running statistics %.1e, losses of three steps %.1e, of ten %.1e", n, grads, statistics, soon, later)
				if grads > 1e-4 || statistics > 1e-5 || soon > 1e-3 || later > 0.1 {
					t.Errorf("%d processes differ from one", n)
				}
				if got.position != one.position && got.position.Step != one.position.Step {
					t.Errorf("%d processes end at %+v, want %+v", n, got.position, one.position)
				}
				if n == most {
					if again := together(t, n, c, source); !bytes.Equal(again[0].bytes, got.bytes) {
						t.Errorf("%d processes have other bits in another run", n)
					}
				}
			}
		})
	}
}

// What is random and what is arithmetic of the memory has the same bits for any number of
// processes: every order, every view, and the memory of the same losses.
func TestViewsOfShares(t *testing.T) {
	source := images(t, 11, method.BCLI, 10)
	one, err := sampler.New(source, 10, 4, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	weight := func(sample int) float64 { return float64(sample%5) / 4 }
	for n := 1; n <= 4; n++ {
		var parts []*sampler.Epoch
		for r := range n {
			s, err := sampler.New(source, 10, 4, 1, nil)
			if err != nil {
				t.Fatal(err)
			}
			s.Share(r, n)
			parts = append(parts, s.Epoch(3, 0, weight))
		}
		whole := one.Epoch(3, 0, weight)
		for range one.Batches() {
			want, err := whole.Next()
			if err != nil {
				t.Fatal(err)
			}
			var local []int
			var views []byte
			for _, p := range parts {
				b, err := p.Next()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(b.Samples, want.Samples) {
					t.Errorf("%d processes: a batch of %v, want %v", n, b.Samples, want.Samples)
				}
				local, views = append(local, b.Local...), append(views, b.Buffers[0].Data...)
				p.Recycle(b)
			}
			if !slices.Equal(local, want.Samples) || !bytes.Equal(views, want.Buffers[0].Data) {
				t.Errorf("%d processes have other views", n)
			}
			whole.Recycle(want)
		}
		whole.Close()
		for _, p := range parts {
			p.Close()
		}
	}
}

// stopAt ends a run after some steps of rank 1.
func TestOneProcessIsStopped(t *testing.T) {
	c := small(method.BCLI)
	source := images(t, 34, c.Method, c.Seed)
	var mu sync.Mutex
	var at []Position
	torchtest.Ranks(t, 2, time.Minute, func(g *distributed.ProcessGroup) {
		c := c
		c.Group = g
		err := torch.Do(func() error {
			making.Lock()
			tr, err := New(c, tiny, source, torch.CPU)
			making.Unlock()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithCancelCause(context.Background())
			defer cancel(nil)
			tr.Progress = func(s Step) {
				if g.Rank() == 1 && s.Batch == 2 {
					cancel(errors.New("stopped by SIGTERM"))
				}
			}
			_, err = tr.RunEpoch(ctx)
			mu.Lock()
			defer mu.Unlock()
			at = append(at, tr.Position)
			if _, others := errors.AsType[*GroupError](err); g.Rank() == 0 && (!others || fmt.Sprint(err) != "rank 1 of 2: stopped by SIGTERM") {
				t.Errorf("rank 0: error %v", err)
			}
			if g.Rank() == 1 && !errors.Is(err, context.Canceled) {
				t.Errorf("rank 1: error %v", err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	if len(at) != 2 || at[0] != at[1] || at[0].Step != 2 {
		t.Errorf("stopped at %+v", at)
	}
}
