package distributed

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// Options of [InitProcessGroup].
type Options struct {
	// Timeout is how long a collective may take, and a rank be silent; 0: [rendezvous.Timeout].
	Timeout time.Duration
	// Join is how long the processes wait for each other at first; 0: ten minutes.
	Join time.Duration
	// Waiting, if set, is told every ten seconds which ranks are missing at first.
	Waiting func(text string)
}

// ProcessGroup is a group of processes that this one belongs to.
type ProcessGroup struct {
	place   rendezvous.Place
	timeout time.Duration
	cpu     cgo.Group
	gpu     cgo.Group // 0 without
	begun   atomic.Int64

	mu    sync.Mutex // held while store is used
	store cgo.Store
	watch *watch
}

// InitProcessGroup returns the group of all processes of a run, once all are there
// (torch.distributed.init_process_group with Gloo).
func InitProcessGroup(p rendezvous.Place, o Options) (*ProcessGroup, error) {
	o.Timeout, o.Join = cmp.Or(o.Timeout, rendezvous.Timeout), cmp.Or(o.Join, 10*time.Minute)
	g := &ProcessGroup{place: p, timeout: o.Timeout}
	prefix := fmt.Sprintf("bcl/attempt_%s/", cmp.Or(p.Attempt, "0"))
	serves := p.Rank == 0 && !p.Served
	var err error
	if g.store, err = cgo.NewTCPStore(p.Host, p.Port, serves, o.Join, prefix); err != nil {
		if serves {
			return nil, fmt.Errorf("rank 0 cannot serve the store at port %d (MASTER_PORT), such as because another run uses it: %w", p.Port, err)
		}
		return nil, fmt.Errorf("rank %d cannot reach rank 0 at %s (MASTER_ADDR, MASTER_PORT) within %v: %w", p.Rank, p.Address(), o.Join, err)
	}
	beats, err := cgo.NewTCPStore(p.Host, p.Port, false, o.Timeout, prefix)
	if err == nil {
		g.watch, err = newWatch(g, beats)
	}
	if err == nil {
		err = g.join(o)
	}
	if err == nil {
		g.cpu, err = cgo.NewGloo(g.store, p.Rank, p.World, o.Timeout)
	}
	if err != nil {
		return nil, fmt.Errorf("rank %d of %d, which meet at %s: %w", p.Rank, p.World, p.Address(), err)
	}
	go g.watch.run()
	return g, nil
}

// join waits until all ranks have come.
func (g *ProcessGroup) join(o Options) error {
	begin, said := time.Now(), time.Now()
	missing := make([]int, 0, g.Size())
	for r := range g.Size() {
		missing = append(missing, r)
	}
	for {
		var left []int
		for _, r := range missing {
			here, err := g.check(beatKey(r))
			if err != nil {
				return err
			}
			if !here {
				left = append(left, r)
			}
		}
		if missing = left; len(missing) == 0 {
			return nil
		}
		text := fmt.Sprintf("waiting for %s of %d processes", ranks(missing), g.Size())
		if time.Since(begin) > o.Join {
			return fmt.Errorf("%s, which have not come within %v", text, o.Join)
		}
		if o.Waiting != nil && time.Since(said) > 10*time.Second {
			o.Waiting(text)
			said = time.Now()
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// ranks lists ranks for people.
func ranks(list []int) string {
	const most = 8
	if len(list) == 1 {
		return fmt.Sprintf("rank %d", list[0])
	}
	var text []string
	for _, r := range list[:min(len(list), most)] {
		text = append(text, fmt.Sprint(r))
	}
	if n := len(list) - most; n > 0 {
		text = append(text, fmt.Sprintf("%d more", n))
	}
	return "ranks " + strings.Join(text, ", ")
}

// UseDevice lets collectives take tensors of a GPU, through NCCL. Every rank has a GPU of its
// own. On the CPU it does nothing.
func (g *ProcessGroup) UseDevice(d torch.Device) (err error) {
	if !d.IsCUDA() {
		return nil
	}
	g.gpu, err = cgo.NewNCCL(g.store, g.Rank(), g.Size(), g.timeout)
	return err
}

// Rank is the number of this process, from 0.
func (g *ProcessGroup) Rank() int { return g.place.Rank }

// Size is the number of processes.
func (g *ProcessGroup) Size() int { return g.place.World }

// Place is where this process is.
func (g *ProcessGroup) Place() rendezvous.Place { return g.place }

// Set sets a key of the store that all ranks share.
func (g *ProcessGroup) Set(key, value string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Blame(g.store.Set(key, []byte(value)))
}

func (g *ProcessGroup) check(key string) (bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.store.Check(key)
}

// Await waits, as long as all ranks live, until a rank has set a key, and returns its value.
func (g *ProcessGroup) Await(ctx context.Context, key string) (string, error) {
	for {
		here, err := g.check(key)
		if err != nil {
			return "", g.Blame(err)
		}
		if here {
			g.mu.Lock()
			defer g.mu.Unlock()
			value, err := g.store.Get(key, 0)
			return string(value), g.Blame(err)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-g.watch.over:
			return "", g.watch.fault
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Context returns a context that ends with parent, and when a rank is lost or fails: its cause
// is the [*RankError] then.
func (g *ProcessGroup) Context(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	go func() {
		select {
		case <-g.watch.over:
			cancel(g.watch.fault)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// Close leaves the group, when all ranks have come to this point. After a fault it returns at
// once; the process must end then.
func (g *ProcessGroup) Close() error {
	if g.watch.failed() != nil {
		return nil
	}
	if g.Rank() != 0 { // the store may end as soon as this rank is done
		g.watch.stop()
	}
	g.mu.Lock()
	_, err := g.store.Add("closed", 1)
	for end := time.Now().Add(g.timeout); err == nil && g.Rank() == 0 && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var n int64
		if n, err = g.store.Add("closed", 0); n == int64(g.Size()) {
			break
		}
	}
	g.mu.Unlock()
	if g.Rank() == 0 {
		g.watch.stop()
	}
	for _, free := range []func() error{g.gpu.Free, g.cpu.Free, g.watch.store.Free, g.store.Free} {
		err = cmp.Or(err, free())
	}
	return err
}

// host names this machine and process in messages.
func host() string {
	name, _ := os.Hostname()
	return fmt.Sprintf("%s, process %d", name, os.Getpid())
}
