package distributed

import (
	"cmp"
	"context"
	"fmt"
	"os"
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
	// Join is how long the processes wait for each other at first; 0: [rendezvous.Join].
	Join time.Duration
	// Waiting, if set, is told every ten seconds who is missing at first.
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
