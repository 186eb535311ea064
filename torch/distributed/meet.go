package distributed

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch/distributed/rendezvous"
)

// InitProcessGroup returns the group of all processes of a run, once all are there
// (torch.distributed.init_process_group with Gloo). When ctx ends before, it returns the cause
// within a second, and tells the ranks that wait; the process should end then.
func InitProcessGroup(ctx context.Context, p rendezvous.Place, o Options) (*ProcessGroup, error) {
	o.Timeout, o.Join = cmp.Or(o.Timeout, rendezvous.Timeout), cmp.Or(o.Join, rendezvous.Join)
	if err := checkInterfaces(os.Getenv("GLOO_SOCKET_IFNAME")); err != nil {
		return nil, err
	}
	type result struct {
		group *ProcessGroup
		err   error
	}
	met := make(chan result, 1)
	go func() {
		g, err := meet(ctx, p, o)
		met <- result{g, err}
	}()
	select {
	case r := <-met:
		return r.group, r.err
	case <-ctx.Done():
	case <-time.After(o.Join + o.Timeout + time.Second): // libtorch may wait for an answer without end
		return nil, fmt.Errorf("rank %d of %d: no answer of the store at %s within %v: MASTER_ADDR and MASTER_PORT may be those of another program", p.Rank, p.World, p.Address(), o.Join+o.Timeout)
	}
	select { // it returns by itself, unless libtorch is waiting for others
	case r := <-met:
		return r.group, r.err
	case <-time.After(time.Second):
		return nil, context.Cause(ctx)
	}
}

// checkInterfaces checks Gloo's list of network interfaces.
func checkInterfaces(names string) error {
	if names == "" {
		return nil
	}
	all, err := net.Interfaces()
	if err != nil {
		return fmt.Errorf("GLOO_SOCKET_IFNAME: %w", err)
	}
	var there []string
	for _, i := range all {
		there = append(there, i.Name)
	}
	for name := range strings.SplitSeq(names, ",") {
		if !slices.Contains(there, name) {
			return fmt.Errorf("GLOO_SOCKET_IFNAME is %q, expected one of this machine's network interfaces: %s", names, strings.Join(there, ", "))
		}
	}
	return nil
}

// meeting is the first meeting of the ranks.
type meeting struct {
	Options
	place       rendezvous.Place
	begin, said time.Time
}

// left is how much time is left.
func (m *meeting) left() time.Duration { return max(time.Millisecond, m.Join-time.Since(m.begin)) }

// wait pauses, and says now and then what is waited for. Its error is the end of ctx.
func (m *meeting) wait(ctx context.Context, text string) error {
	if m.Waiting != nil && time.Since(m.said) > 10*time.Second {
		m.Waiting(text)
		m.said = time.Now()
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}

func meet(ctx context.Context, p rendezvous.Place, o Options) (*ProcessGroup, error) {
	m := &meeting{Options: o, place: p, begin: time.Now(), said: time.Now()}
	g := &ProcessGroup{place: p, timeout: o.Timeout}
	prefix := fmt.Sprintf("bcl/attempt_%s/", cmp.Or(p.Attempt, "0"))
	serves := p.Rank == 0 && !p.Served
	var err error
	if !serves {
		if err = m.knock(ctx); err != nil {
			return nil, err
		}
	}
	if g.store, err = cgo.NewTCPStore(p.Host, p.Port, serves, m.left(), prefix); err != nil {
		if serves {
			return nil, fmt.Errorf("rank 0 cannot serve the store at port %d (MASTER_PORT), such as because another run uses it: %w", p.Port, err)
		}
		return nil, fmt.Errorf("rank %d: what answers at %s (MASTER_ADDR, MASTER_PORT) is not the store of a run: %w", p.Rank, p.Address(), err)
	}
	beats, err := cgo.NewTCPStore(p.Host, p.Port, false, o.Timeout, prefix)
	if err == nil {
		g.watch, err = newWatch(g, beats)
	}
	if err == nil {
		err = m.join(ctx, g)
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

// knock waits until someone serves the store. libtorch would too, but hears of no ctx.
func (m *meeting) knock(ctx context.Context) error {
	who := "rank 0"
	if m.place.Served {
		who = "the launcher's store"
	}
	for {
		dial, stop := context.WithTimeout(ctx, min(m.left(), 5*time.Second))
		c, err := (&net.Dialer{}).DialContext(dial, "tcp", m.place.Address())
		stop()
		if err == nil {
			return c.Close()
		}
		if time.Since(m.begin) > m.Join {
			return fmt.Errorf("rank %d cannot reach %s at %s (MASTER_ADDR, MASTER_PORT) within %v: %w", m.place.Rank, who, m.place.Address(), m.Join, err)
		}
		if err := m.wait(ctx, fmt.Sprintf("waiting for %s at %s (MASTER_ADDR, MASTER_PORT): %v", who, m.place.Address(), err)); err != nil {
			return err
		}
	}
}

// join waits until all ranks have come.
func (m *meeting) join(ctx context.Context, g *ProcessGroup) error {
	missing := make([]int, 0, g.Size())
	for r := range g.Size() {
		missing = append(missing, r)
	}
	for {
		var left []int
		for _, r := range missing {
			here, err := g.check(beatKey(r))
			if err != nil {
				return g.watch.unreachable(err)
			}
			if !here {
				left = append(left, r)
			}
		}
		if missing = left; len(missing) == 0 {
			return nil
		}
		if told, err := g.check(faultKey); err == nil && told {
			text, err := g.store.Get(faultKey, 0)
			return cmp.Or[error](err, parseFault(string(text), g.Size()))
		}
		text := fmt.Sprintf("waiting for %s of %d processes", ranks(missing), g.Size())
		if time.Since(m.begin) > m.Join {
			return fmt.Errorf("%s, which have not come within %v", text, m.Join)
		}
		if err := m.wait(ctx, text); err != nil {
			post(g.store, &RankError{g.Rank(), g.Size(), err.Error()})
			return err
		}
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
