package train

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/cuda"
)

// depth is how many steps may be under way: enough that the device always has the next, few
// enough that all are over soon after a signal.
const depth = 3

// pollEvery is the pause between two looks at whether a step is over.
const pollEvery = 100 * time.Microsecond

// ahead are the steps that a device is given before it has done those before. Their losses
// come a few steps late, and are counted in order; the state of the trainer is that of the
// last step only when none is under way.
type ahead struct {
	graphs *graphs
	under  []flight    // the steps under way, the oldest first
	slots  [depth]slot // of the signals, one after another
	next   int         // slot
	ended  time.Time   // when the last step was over
	failed error       // of a step, until RunEpoch returns it
	settle bool        // before the next step
}

// slot is where the signals of a step arrive.
type slot struct {
	values []byte
	end    cuda.Event // of the step and of the copy
}

// flight is a step under way.
type flight struct {
	slot   *slot
	visits sampler.Visits
	lr     float64
	began  time.Time
	waited time.Duration // for views
}

// newAhead returns room for steps whose largest batch has these buffers and values. It
// belongs to the current scope.
func newAhead(d torch.Device, largest []sampler.Buffer, values int) (a *ahead, err error) {
	a = &ahead{}
	if a.graphs, err = newGraphs(d, largest, values); err != nil {
		return nil, err
	}
	for i := range a.slots {
		if a.slots[i].values, err = cuda.Pinned(d, 4*values); err != nil {
			return nil, err
		}
		if a.slots[i].end, err = cuda.NewEvent(d); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// takeAhead lets the device take the step of a batch, unless its size has no graph: then no step
// is under way.
func (t *Trainer) takeAhead(b *sampler.Batch, recycle func(*sampler.Batch), began time.Time, waited time.Duration) (ahead bool, err error) {
	for {
		if err = t.makeRoom(len(b.Samples)); err == nil {
			err = t.feed.giveBack(recycle)
		}
		if err != nil {
			recycle(b)
			return false, err
		}
		if !t.feed.full() {
			break
		}
		// Whoever holds t meanwhile may find that a step has failed.
		t.meanwhile(func() { time.Sleep(pollEvery) })
	}
	graph := t.graphOf(b)
	if graph == nil {
		return false, nil
	}
	return true, t.submit(graph, b, began, waited)
}

// makeRoom waits until a step of some samples may begin.
func (t *Trainer) makeRoom(samples int) error {
	a, most := t.ahead, depth-1
	if s := a.graphs.of[samples]; s == nil || s.graph == nil {
		most = 0
	}
	if err := t.catchUp(most); err != nil {
		return err
	}
	if a.settle { // asked by now
		a.settle = false
		return t.catchUp(0)
	}
	return nil
}

// submit gives the device the step of a batch.
func (t *Trainer) submit(graph *cuda.Graph, b *sampler.Batch, began time.Time, waited time.Duration) error {
	a := t.ahead
	g, n := a.graphs, len(b.Samples)*len(t.Signals.Names())
	f := flight{&a.slots[a.next], b.Visits, t.schedule.At(t.Step + len(a.under) + 1), began, waited}
	err := torch.Do(func() error {
		views, err := t.feed.put(b)
		if err != nil {
			return err
		}
		for i, v := range start(g.views, rowsOf(b)) {
			v.Copy_(views[i])
		}
		if err := t.feed.release(); err != nil {
			return err
		}
		t.Opt.Rate.Fill_(f.lr)
		if err := graph.Replay(); err != nil {
			return err
		}
		g.values.Narrow(0, 0, int64(n)).ReadBytesLater(f.slot.values[:4*n])
		return f.slot.end.Record(t.feed.steps)
	})
	if err != nil {
		return err
	}
	a.next = (a.next + 1) % depth
	a.under = append(a.under, f)
	return nil
}

// arrive counts the oldest step under way, if it is over. The caller holds t.
func (t *Trainer) arrive() (over bool) {
	a := t.ahead
	f := a.under[0]
	over, err := f.slot.end.Query()
	if err == nil && !over {
		return false
	}
	values := make([]float32, len(f.visits.Samples)*len(t.Signals.Names()))
	if err == nil {
		for i := range values {
			values[i] = math.Float32frombits(binary.NativeEndian.Uint32(f.slot.values[4*i:]))
		}
		err = finite(f.visits.Samples, values, f.lr)
	}
	if err != nil {
		t.drop(err)
		return true
	}
	a.under = a.under[1:]
	t.Opt.LR = f.lr
	began := f.began
	if a.ended.After(began) {
		began = a.ended
	}
	a.ended = time.Now()
	t.finish(f.visits, values, f.waited, a.ended.Sub(began))
	return true
}

// drop ends the steps under way after an error of the oldest, as if none of them had begun:
// with its loss not finite, weights and buffers of the optimiser have stayed since.
func (t *Trainer) drop(err error) {
	a := t.ahead
	steps := len(a.under)
	for _, f := range a.under {
		for { // until it is over; if the device has failed, undoing fails too
			if over, lost := f.slot.end.Query(); over || lost != nil {
				break
			}
			time.Sleep(pollEvery)
		}
	}
	a.under = nil
	lost := torch.Do(func() error {
		return t.feed.steps.Use(func() error {
			t.statistics.undo(steps)
			a.graphs.stop.Zero_()
			return nil
		})
	})
	if lost != nil {
		err = fmt.Errorf("%w\n(nor could the running statistics of before the step be restored: %w)", err, lost)
	}
	a.failed = err
}

// catchUp waits until at most some steps are under way, and reports those that are over. It
// returns the error of one that failed.
func (t *Trainer) catchUp(most int) error {
	if t.ahead == nil {
		return nil
	}
	for len(t.ahead.under) > most {
		if !t.arrive() {
			t.meanwhile(func() { time.Sleep(pollEvery) })
		}
		t.tell()
	}
	t.tell() // also of those that Hold waited for
	err := t.ahead.failed
	t.ahead.failed = nil
	return err
}
