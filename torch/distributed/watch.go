package distributed

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bcl-go/bcl/cgo"
)

// beatEvery is the pause between two signs of life.
const beatEvery = 250 * time.Millisecond

// silent is how long a rank shows no sign of life until it counts as lost, if a collective has
// failed. Else it is the time limit: a machine may be busy.
const silent = 3 * time.Second

// RankError says which rank ended the work of all.
type RankError struct {
	Rank, Size int
	Text       string
}

func (e *RankError) Error() string {
	return fmt.Sprintf("rank %d of %d: %s", e.Rank, e.Size, e.Text)
}

// watch writes the signs of life of this rank to the store, and looks at those of others: rank 0
// at all, others at rank 0. What one finds is written to the store too, where all see it. It has
// a connection of its own, since others may be waiting.
type watch struct {
	group *ProcessGroup
	ticks int

	mu    sync.Mutex // held while store is used
	store cgo.Store

	first sync.Once
	fault *RankError    // once over is closed
	over  chan struct{} // closed by the first fault
	ended chan struct{} // closed by stop
	done  sync.WaitGroup

	cycle sync.Mutex
	last  time.Time // when the last round ended
}

const faultKey = "fault"

func beatKey(rank int) string { return fmt.Sprintf("beat/%d", rank) }

func newWatch(g *ProcessGroup, store cgo.Store) (*watch, error) {
	w := &watch{group: g, store: store, over: make(chan struct{}), ended: make(chan struct{}), last: time.Now()}
	w.done.Add(2) // before anything waits
	return w, w.beat()
}

// beat writes a sign of life: a number that changes, the number of collectives begun, and where
// the process is.
func (w *watch) beat() error {
	w.ticks++
	return w.store.Set(beatKey(w.group.Rank()), fmt.Appendf(nil, "%d %d %s", w.ticks, w.group.begun.Load(), host()))
}

// life is a sign of life as another rank reads it.
type life struct {
	sign, where string
	begun       int
	since       time.Time // it was seen first
}

// look reads the sign of life of a rank.
func (w *watch) look(rank int, seen map[int]life) error {
	text, err := w.store.Get(beatKey(rank), 0)
	if err != nil {
		return err
	}
	l := life{since: time.Now()}
	var rest string
	l.sign, rest, _ = strings.Cut(string(text), " ")
	begun, where, _ := strings.Cut(rest, " ")
	l.where = where
	fmt.Sscan(begun, &l.begun)
	if before, ok := seen[rank]; ok && before.sign == l.sign {
		l.since = before.since
	}
	seen[rank] = l
	return nil
}

// run watches until stop or a fault.
func (w *watch) run() {
	go w.guard()
	defer w.done.Done()
	seen := map[int]life{}
	for {
		if err := w.round(seen); err != nil {
			w.report(w.unreachable(err), false)
		}
		w.cycle.Lock()
		w.last = time.Now()
		w.cycle.Unlock()
		select {
		case <-w.ended:
			return
		case <-w.over:
			return
		case <-time.After(beatEvery):
		}
	}
}

// round writes one sign of life and looks at others.
func (w *watch) round(seen map[int]life) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.beat(); err != nil {
		return err
	}
	told, err := w.store.Check(faultKey)
	if err != nil {
		return err
	}
	if told {
		text, err := w.store.Get(faultKey, 0)
		if err == nil {
			w.tell(parseFault(string(text), w.group.Size()))
			_, err = w.store.Add("heard", 1)
		}
		return err
	}
	watched := []int{0}
	if w.group.Rank() == 0 {
		watched = watched[:0]
		for r := 1; r < w.group.Size(); r++ {
			watched = append(watched, r)
		}
	}
	for _, r := range watched {
		if err := w.look(r, seen); err != nil {
			return err
		}
		if l := seen[r]; time.Since(l.since) > w.group.timeout {
			w.publish(&RankError{r, w.group.Size(), fmt.Sprintf("no sign of life for %v (%s)", w.group.timeout, l.where)})
		}
	}
	return nil
}

// guard ends the work if a round takes longer than the time limit: the store does not answer,
// nor close the connection, such as behind a cable that was cut.
func (w *watch) guard() {
	defer w.done.Done()
	for {
		select {
		case <-w.ended:
			return
		case <-w.over:
			return
		case <-time.After(beatEvery):
		}
		w.cycle.Lock()
		late := time.Since(w.last)
		w.cycle.Unlock()
		if late > w.group.timeout {
			w.tell(w.unreachable(fmt.Errorf("no answer for %v", w.group.timeout)))
		}
	}
}

// unreachable is the fault of a store that fails.
func (w *watch) unreachable(err error) *RankError {
	if w.group.place.Served {
		return &RankError{w.group.Rank(), w.group.Size(), fmt.Sprintf("the launcher's store at %s does not answer: %v", w.group.place.Address(), err)}
	}
	return &RankError{0, w.group.Size(), fmt.Sprintf("it has ended, or cannot be reached any more at %s: %v", w.group.place.Address(), firstLine(err))}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// tell makes a fault known in this process, and ends its collectives.
func (w *watch) tell(f *RankError) {
	w.first.Do(func() {
		w.fault = f
		close(w.over)
		go func() { // which may wait for the collective in progress
			_ = w.group.cpu.Abort()
			if w.group.gpu != 0 {
				_ = w.group.gpu.Abort()
			}
		}()
	})
}

// publish is tell, for all ranks. The caller holds the store.
func (w *watch) publish(f *RankError) {
	post(w.store, f)
	w.tell(f)
}

// post writes a fault to the store, unless there is one.
func post(store cgo.Store, f *RankError) {
	if n, err := store.Add("faults", 1); err == nil && n == 1 {
		_ = store.Set(faultKey, fmt.Appendf(nil, "%d %s", f.Rank, f.Text))
	}
}

// report is publish, or tell alone, by a caller who does not hold the store.
func (w *watch) report(f *RankError, all bool) {
	if !all {
		w.tell(f)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.publish(f)
}

func parseFault(text string, size int) *RankError {
	f := &RankError{Size: size}
	rank, words, _ := strings.Cut(text, " ")
	fmt.Sscan(rank, &f.Rank)
	f.Text = words
	return f
}

// failed returns the fault, nil without one.
func (w *watch) failed() *RankError {
	select {
	case <-w.over:
		return w.fault
	default:
		return nil
	}
}

func (w *watch) stop() {
	close(w.ended)
	w.done.Wait()
}
