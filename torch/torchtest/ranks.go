package torchtest

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/bcl-go/bcl/torch/distributed"
	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// FreePort returns a port that nothing uses.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Ranks runs f for each rank of a group of n, all in this process, each on a goroutine of its
// own. f must not end the test.
func Ranks(t testing.TB, n int, timeout time.Duration, f func(g *distributed.ProcessGroup)) {
	t.Helper()
	port := FreePort(t)
	var done sync.WaitGroup
	for r := range n {
		done.Go(func() {
			g, err := distributed.InitProcessGroup(context.Background(), rendezvous.Place{Rank: r, World: n, LocalRank: r, LocalWorld: n, Host: "127.0.0.1", Port: port}, distributed.Options{Timeout: timeout, Join: time.Minute})
			if err != nil {
				t.Errorf("rank %d: %v", r, err)
				return
			}
			f(g)
			if err := g.Close(); err != nil {
				t.Errorf("rank %d: %v", r, err)
			}
		})
	}
	done.Wait()
}
