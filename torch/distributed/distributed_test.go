package distributed_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
	"github.com/bcl-go/bcl/torch/torchtest"
)

const limit = 30 * time.Second

// do is torch.Do of a rank.
func do(t *testing.T, g *distributed.ProcessGroup, f func() error) {
	if err := torch.Do(f); err != nil {
		t.Errorf("rank %d: %v", g.Rank(), err)
	}
}

func want(t *testing.T, what string, got torch.Tensor, want ...float32) {
	if !got.Equal(torch.FromSlice(want).View(got.Shape()...)) {
		t.Errorf("%s: %v, want %v", what, torch.Slice[float32](got), want)
	}
}

func TestCollectives(t *testing.T) {
	before := torch.LiveTensors()
	torchtest.Ranks(t, 3, limit, func(g *distributed.ProcessGroup) {
		do(t, g, func() error {
			r := float32(g.Rank())
			x := torch.FromSlice([]float32{r, 1})
			out, part := torch.Zeros([]int64{6}), torch.Zeros([]int64{2})
			errs := errors.Join(g.AllReduce(x, distributed.Sum),
				g.AllGatherIntoTensor(out, torch.FromSlice([]float32{r, -r})),
				g.ReduceScatterTensor(part, torch.FromSlice([]float32{1, 2, 3, 4, 5, 6}), distributed.Sum))
			want(t, "all_reduce", x, 3, 3)
			want(t, "all_gather", out, 0, 0, 1, -1, 2, -2)
			want(t, "reduce_scatter", part, 6*r+3, 6*r+6)
			most := torch.FromSlice([]float32{r})
			errs = errors.Join(errs, g.AllReduce(most, distributed.Max))
			want(t, "max", most, 2)
			b := torch.FromSlice([]float32{r})
			errs = errors.Join(errs, g.Broadcast(b, 1), g.Barrier())
			want(t, "broadcast", b, 1)
			return errs
		})
		if g.Rank() == 2 {
			if err := g.Set("word", "from 2"); err != nil {
				t.Error(err)
			}
		}
		if got, err := g.Await(context.Background(), "word"); err != nil || got != "from 2" {
			t.Errorf("%q, error %v", got, err)
		}
	})
	if n := torch.LiveTensors(); n != before {
		t.Errorf("%d tensors are left", n-before)
	}
}

// The gradient of a function of all rows, computed by each rank, is the whole one, in parts.
func TestAllGatherRows(t *testing.T) {
	rows := []int64{2, 0, 1}
	torchtest.Ranks(t, 3, limit, func(g *distributed.ProcessGroup) {
		do(t, g, func() error {
			x := torch.Full([]int64{rows[g.Rank()], 2}, float64(g.Rank()+1)).SetRequiresGrad(true)
			all := g.AllGatherRows(x, rows)
			want(t, "rows", all.Detach(), 1, 1, 1, 1, 3, 3)
			all.Mul(torch.FromSlice([]float32{1, 2, 3, 4, 5, 6}).View(3, 2)).Sum().Backward()
			want(t, "gradient", x.Grad(), [][]float32{{1, 2, 3, 4}, {}, {5, 6}}[g.Rank()]...)
			err := torch.Do(func() error { g.AllGatherRows(x, []int64{7, 7, 7}); return nil })
			if err == nil || !strings.Contains(err.Error(), "rows") {
				t.Errorf("wrong rows: %v", err)
			}
			return nil
		})
	})
}

// Statistics of all rows, whoever has them, are those of one batch; so are gradients.
func TestSyncBatchNorm(t *testing.T) {
	const channels, height = 5, 3
	type result struct{ y, dx, dw, db, mean, variance []float64 }
	run := func(x, dy torch.Tensor, norm func(x, w, b, mean, variance torch.Tensor) torch.Tensor) (r result) {
		w := torch.Arange(1, 1+channels).To(torch.Float32).SetRequiresGrad(true)
		b := torch.Ones([]int64{channels}).SetRequiresGrad(true)
		mean, variance := torch.Zeros([]int64{channels}), torch.Ones([]int64{channels})
		x.SetRequiresGrad(true)
		y := norm(x, w, b, mean, variance)
		y.BackwardWith(dy, false)
		list := func(t torch.Tensor) []float64 {
			return torch.Slice[float64](t.Detach().To(torch.Float64).Contiguous(torch.ContiguousFormat))
		}
		return result{list(y), list(x.Grad()), list(w.Grad()), list(b.Grad()), list(mean), list(variance)}
	}
	for _, flat := range []bool{false, true} {
		rows, shape := []int64{4, 0, 3}, []int64{7, channels, height, height}
		if flat {
			shape = shape[:2]
		}
		n := int64(7 * channels * height * height)
		if flat {
			n = 7 * channels
		}
		values := func(scale float64) torch.Tensor {
			list := make([]float32, n)
			for i := range list {
				list[i] = float32(3 + scale*math.Sin(float64(i*i)))
			}
			return torch.FromSlice(list, shape...)
		}
		var one result
		if err := torch.Do(func() error {
			one = run(values(2), values(1), func(x, w, b, mean, variance torch.Tensor) torch.Tensor {
				return torch.BatchNorm(x, w, b, mean, variance, true, 0.1, 1e-5)
			})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		all := make([]result, 3)
		torchtest.Ranks(t, 3, limit, func(g *distributed.ProcessGroup) {
			do(t, g, func() error {
				first := []int64{0, 4, 4}[g.Rank()]
				part := func(x torch.Tensor) torch.Tensor {
					p := x.Narrow(0, first, rows[g.Rank()]).Clone()
					if !flat {
						p = p.ToFormat(torch.ChannelsLast)
					}
					return p.Detach()
				}
				all[g.Rank()] = run(part(values(2)), part(values(1)), func(x, w, b, mean, variance torch.Tensor) torch.Tensor {
					return g.SyncBatchNorm(x, w, b, mean, variance, 0.1, 1e-5)
				})
				return nil
			})
		})
		near := func(what string, got, want []float64) {
			if len(got) != len(want) {
				t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
			}
			for i := range got {
				if math.Abs(got[i]-want[i]) > 2e-5*(1+math.Abs(want[i])) {
					t.Errorf("flat %v: %s %d is %v, want %v", flat, what, i, got[i], want[i])
				}
			}
		}
		plus := func(f func(r result) []float64) []float64 {
			sum := make([]float64, channels)
			for _, r := range all {
				for i, v := range f(r) {
					sum[i] += v
				}
			}
			return sum
		}
		near("y", append(all[0].y, all[2].y...), one.y)
		near("dx", append(all[0].dx, all[2].dx...), one.dx)
		near("dw", plus(func(r result) []float64 { return r.dw }), one.dw)
		near("db", plus(func(r result) []float64 { return r.db }), one.db)
		for r := range all {
			near("running mean", all[r].mean, one.mean)
			near("running variance", all[r].variance, one.variance)
			if fmt.Sprint(all[r].mean, all[r].variance) != fmt.Sprint(all[0].mean, all[0].variance) {
				t.Errorf("ranks 0 and %d have other statistics", r)
			}
		}
	}
}

// Gradients are sums over the ranks, of large and small parameters, also where a rank has none.
func TestReducer(t *testing.T) {
	torchtest.Ranks(t, 3, limit, func(g *distributed.ProcessGroup) {
		do(t, g, func() error {
			shapes := [][]int64{{3, 2}, {700, 600}, {4}, {2, 3, 2, 2}, {400, 200}}
			var params []torch.Tensor
			for _, s := range shapes {
				p := torch.Ones(s)
				if len(s) == 4 {
					p = p.ToFormat(torch.ChannelsLast)
				}
				params = append(params, p.SetRequiresGrad(true))
			}
			r, err := distributed.NewReducer(g, params)
			if err != nil {
				return err
			}
			for step := range 3 {
				for _, p := range params {
					p.SetGrad(torch.Tensor{})
				}
				total := torch.Scalar[float32](0)
				for i, p := range params {
					if i != 2 || g.Rank() == 1 {
						total = total.Add(p.Sum().MulScalar(float64((g.Rank() + 1) * (i + 1) * (step + 1))))
					}
				}
				if err := r.Backward(total.Backward); err != nil {
					return err
				}
				for i, p := range params {
					sum := 6.0
					if i == 2 {
						sum = 2
					}
					if want := torch.Full(shapes[i], sum*float64((i+1)*(step+1))); !p.Grad().Equal(want) {
						t.Errorf("step %d: gradient of parameter %d is %v", step, i, p.Grad().Max())
					}
				}
			}
			if err := torch.Do(func() error { return r.Backward(func() { torch.Ones([]int64{2}).Backward() }) }); err == nil {
				t.Error("a backward pass that fails is no error")
			}
			return nil
		})
	})
}

// A rank that does not come is named by the others after the time limit.
func TestLateRank(t *testing.T) {
	var mu sync.Mutex
	var told []string
	torchtest.Ranks(t, 3, 2*time.Second, func(g *distributed.ProcessGroup) {
		if g.Rank() == 1 {
			time.Sleep(6 * time.Second)
		}
		err := g.Barrier()
		mu.Lock()
		defer mu.Unlock()
		if f, ok := errors.AsType[*distributed.RankError](err); !ok || f.Rank != 1 || !strings.Contains(err.Error(), "rank 1 of 3: it lives but is late") {
			t.Errorf("rank %d: error %v", g.Rank(), err)
		}
		told = append(told, fmt.Sprint(err))
	})
	if len(told) != 3 {
		t.Errorf("%d ranks ended", len(told))
	}
}

// What ends one rank is told to the others, whatever they wait for.
func TestFail(t *testing.T) {
	torchtest.Ranks(t, 3, limit, func(g *distributed.ProcessGroup) {
		begin := time.Now()
		var err error
		switch g.Rank() {
		case 0:
			_, err = g.Await(context.Background(), "never set")
		case 1:
			err = g.Barrier()
		case 2:
			time.Sleep(100 * time.Millisecond)
			g.Fail(errors.New("no space left on device"))
			err = g.Failed()
		}
		if err == nil || err.Error() != "rank 2 of 3: no space left on device" {
			t.Errorf("rank %d: error %v", g.Rank(), err)
		}
		if took := time.Since(begin); took > limit/2 {
			t.Errorf("rank %d: it took %v", g.Rank(), took)
		}
	})
}

// Whatever the first meeting waits for, the end of the context ends it, with its cause; those
// who have come hear of it.
func TestMeetingEnds(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // answers nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	enough := errors.New("enough")
	for name, p := range map[string]rendezvous.Place{
		"rank 0 alone":     {Rank: 0, World: 2, Host: "127.0.0.1", Port: torchtest.FreePort(t)},
		"no rank 0":        {Rank: 1, World: 2, Host: "127.0.0.1", Port: torchtest.FreePort(t)},
		"no store":         {Rank: 1, World: 2, Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port},
		"no launcher's":    {Rank: 0, World: 2, Host: "127.0.0.1", Port: torchtest.FreePort(t), Served: true},
		"an unknown host":  {Rank: 1, World: 2, Host: "nohost.invalid", Port: 29500},
		"already too late": {Rank: 0, World: 2, Host: "127.0.0.1", Port: torchtest.FreePort(t)},
	} {
		ctx, cancel := context.WithCancelCause(context.Background())
		if name == "already too late" {
			cancel(enough)
		} else {
			time.AfterFunc(200*time.Millisecond, func() { cancel(enough) })
		}
		if g, err := distributed.InitProcessGroup(ctx, p, distributed.Options{}); !errors.Is(err, enough) || g != nil {
			t.Errorf("%s: error %v, group %v", name, err, g)
		}
		cancel(nil)
	}

	port := torchtest.FreePort(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	var done sync.WaitGroup
	errs := make([]error, 2)
	for r := range errs {
		done.Go(func() {
			c := context.Background()
			if r == 1 {
				c = ctx
			}
			_, errs[r] = distributed.InitProcessGroup(c, rendezvous.Place{Rank: r, World: 3, Host: "127.0.0.1", Port: port}, distributed.Options{})
		})
	}
	time.AfterFunc(500*time.Millisecond, func() { cancel(enough) })
	done.Wait()
	var who *distributed.RankError
	if !errors.Is(errs[1], enough) || !errors.As(errs[0], &who) || who.Rank != 1 || who.Text != "enough" {
		t.Errorf("errors %v", errs)
	}
}

func TestMeetingErrors(t *testing.T) {
	t.Setenv("GLOO_SOCKET_IFNAME", "nosuch0")
	p := rendezvous.Place{World: 1, LocalWorld: 1, Host: "127.0.0.1", Port: torchtest.FreePort(t)}
	if _, err := distributed.InitProcessGroup(context.Background(), p, distributed.Options{}); err == nil || !strings.Contains(err.Error(), `GLOO_SOCKET_IFNAME is "nosuch0", expected one of this machine's network interfaces: `) {
		t.Errorf("error %v", err)
	}
	t.Setenv("GLOO_SOCKET_IFNAME", "lo")
	p.Rank, p.World = 1, 2
	o := distributed.Options{Join: 50 * time.Millisecond}
	if _, err := distributed.InitProcessGroup(context.Background(), p, o); err == nil || !strings.Contains(err.Error(), "rank 1 cannot reach rank 0 at 127.0.0.1:") {
		t.Errorf("error %v", err)
	}
}
