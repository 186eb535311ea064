package distributed

import (
	"errors"
	"fmt"
	"time"
)

// Failed returns why the group cannot go on, a [*RankError]; nil if nothing is known.
func (g *ProcessGroup) Failed() error {
	if f := g.watch.failed(); f != nil {
		return f
	}
	return nil
}

// Blame finds the rank because of which a collective, or the store, failed with err, and makes
// it known to all. Where none is lost and none is late, it returns err.
func (g *ProcessGroup) Blame(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*RankError](err); ok {
		return f
	}
	if f := g.suspect(err); f != nil {
		return f
	}
	return err
}

// suspect looks for as long as the lost may take to be silent.
func (g *ProcessGroup) suspect(err error) error {
	seen, begin := map[int]life{}, time.Now()
	begun := map[int]int{} // collectives, when this one failed
	for {
		if f := g.watch.failed(); f != nil {
			return f
		}
		g.watch.mu.Lock()
		for r := range g.Size() {
			if failed := g.watch.look(r, seen); failed != nil {
				g.watch.mu.Unlock()
				f := g.watch.unreachable(failed)
				g.watch.tell(f)
				return g.watch.failed()
			}
			if _, known := begun[r]; !known {
				begun[r] = seen[r].begun
			}
		}
		g.watch.mu.Unlock()
		if time.Since(begin) > silent+2*beatEvery {
			break
		}
		time.Sleep(beatEvery)
	}
	late, most := 0, int(g.begun.Load())
	for r := range g.Size() {
		l := seen[r]
		if time.Since(l.since) > silent && r != g.Rank() {
			g.watch.report(&RankError{r, g.Size(), fmt.Sprintf("it was killed, or cannot be reached any more (%s)", l.where)}, true)
			return g.watch.failed()
		}
		if begun[r] < begun[late] {
			late = r
		}
	}
	if begun[late] < most && late != g.Rank() {
		g.watch.report(&RankError{late, g.Size(), fmt.Sprintf("it lives but is late: others waited for it longer than the time limit of %v (%s)", g.timeout, seen[late].where)}, true)
		return g.watch.failed()
	}
	return nil
}

// Fail tells all ranks that this one ends because of err, which may be about another rank, and
// waits a moment until they have heard. A nil err is not told.
func (g *ProcessGroup) Fail(err error) {
	if err == nil {
		return
	}
	w := g.watch
	if g.Failed() == nil {
		fault, known := errors.AsType[*RankError](err)
		if !known {
			fault = &RankError{g.Rank(), g.Size(), err.Error()}
		}
		w.report(fault, true)
	}
	if g.Rank() != 0 || g.place.Served {
		return
	}
	// The store ends with this process.
	for end := time.Now().Add(silent); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		w.mu.Lock()
		n, err := w.store.Add("heard", 0)
		w.mu.Unlock()
		if err != nil || n >= int64(g.Size())-1 {
			return
		}
	}
}
