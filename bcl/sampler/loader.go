package sampler

import (
	"errors"
	"fmt"
	"sync"
)

// Loader prefetches batches of a source in parallel. The caller chooses order and size of
// the batches: [Sampler] has those of training.
type Loader struct {
	source  Source
	layout  layout
	workers int
	share   share // of each batch

	mu   sync.Mutex
	pool []*Batch // memory to reuse
}

// NewLoader returns a loader with a number of goroutines. alloc allocates the memory of
// batches, which is reused; nil is Go's allocator.
func NewLoader(source Source, workers int, alloc Alloc) (*Loader, error) {
	if workers < 1 {
		return nil, fmt.Errorf("%d workers, expected at least 1", workers)
	}
	if alloc == nil {
		alloc = goMemory
	}
	views := source.Views()
	if len(views) == 0 {
		return nil, errors.New("the source makes no views")
	}
	return &Loader{source: source, layout: layout{views, uniform(views), alloc}, workers: workers, share: share{of: 1}}, nil
}

// Epoch iterates over batches. It is for one goroutine.
type Epoch struct {
	loader *Loader
	ready  chan *Batch    // in order, some still being prepared
	free   chan *Batch    // memory to reuse
	stop   chan struct{}  // closed by Close
	done   sync.WaitGroup // the goroutines of the epoch
}

// ahead is how many batches are prefetched.
const ahead = 2

// Slots is how many batches have memory at a time, as long as each that Next returns is
// recycled.
const Slots = ahead + 2

// chunk is how many samples a worker takes at once: few enough that all workers share a
// small batch, many enough that the overhead is negligible.
const chunk = 8

// Epoch starts to prepare n batches, of the samples that batch returns for 0 ... n-1, as
// views of an epoch with a weight per sample. The caller must Close it.
func (l *Loader) Epoch(epoch, n int, batch func(b int) []int, weight func(sample int) float64) *Epoch {
	return l.visit(epoch, n, func(b int) Visits { return Visits{Samples: batch(b)} }, weight)
}

// visit is Epoch with samples that may come several times.
func (l *Loader) visit(epoch, n int, batch func(b int) Visits, weight func(sample int) float64) *Epoch {
	e := &Epoch{
		loader: l,
		ready:  make(chan *Batch, ahead),
		free:   make(chan *Batch, Slots),
		stop:   make(chan struct{}),
	}
	for range cap(e.free) {
		e.free <- l.take()
	}
	tasks := make(chan task)
	e.done.Add(1 + l.workers)
	go func() {
		defer e.done.Done()
		defer close(tasks)
		defer close(e.ready)
		e.deal(n, batch, tasks)
	}()
	for range l.workers {
		go func() {
			defer e.done.Done()
			w := worker{layout: l.layout, viewer: l.source.NewViewer(), epoch: epoch, weight: weight}
			for t := range tasks {
				w.run(t)
			}
		}()
	}
	return e
}

// deal distributes the samples of the batches, in order, to the workers.
func (e *Epoch) deal(n int, visits func(b int) Visits, tasks chan<- task) {
	for b := range n {
		var batch *Batch
		select {
		case batch = <-e.free:
		case <-e.stop:
			return
		}
		e.loader.layout.reset(batch, visits(b), e.loader.share)
		size := len(batch.Local)
		chunks := (size + chunk - 1) / chunk
		batch.pending.Add(chunks)
		select {
		case e.ready <- batch:
		case <-e.stop:
			e.free <- &Batch{Buffers: batch.Buffers}
			return
		}
		for c := range chunks {
			select {
			case tasks <- task{batch, c * chunk, min((c+1)*chunk, size)}:
			case <-e.stop:
				return
			}
		}
	}
}

// Next returns the next batch, nil after the last. Return it with Recycle.
func (e *Epoch) Next() (*Batch, error) {
	b := <-e.ready
	if b == nil {
		return nil, nil
	}
	b.pending.Wait()
	return b, b.err
}

// Recycle allows the memory of a batch to be reused.
func (e *Epoch) Recycle(b *Batch) { e.free <- b }

// Close stops the epoch's goroutines and waits for them.
func (e *Epoch) Close() {
	close(e.stop)
	e.done.Wait()
	for b := range e.ready { // still being prepared when the epoch stopped
		e.loader.give(&Batch{Buffers: b.Buffers})
	}
	for {
		select {
		case b := <-e.free:
			e.loader.give(b)
		default:
			return
		}
	}
}

func (l *Loader) take() *Batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pool) == 0 {
		return &Batch{}
	}
	b := l.pool[len(l.pool)-1]
	l.pool = l.pool[:len(l.pool)-1]
	return b
}

func (l *Loader) give(b *Batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pool = append(l.pool, b)
}

// task is some samples of a batch.
type task struct {
	batch  *Batch
	lo, hi int
}

// worker is one goroutine of an epoch.
type worker struct {
	layout layout
	viewer Viewer
	epoch  int
	weight func(sample int) float64
	dst    [][]byte
}

func (w *worker) run(t task) {
	defer t.batch.pending.Done()
	for k := t.lo; k < t.hi; k++ {
		sample := t.batch.Local[k]
		later := 0 // number of its first view here
		if t.batch.draws != nil {
			later = t.batch.draws[k] * len(w.layout.views)
		}
		for view := range w.layout.views {
			w.dst = w.layout.rows(t.batch, k, view, w.dst)
			if err := w.viewer.View(w.dst, sample, w.weight(sample), w.epoch, later+view); err != nil {
				t.batch.fail(k, err)
				return
			}
		}
	}
}
