package sampler

import "sync"

// Batch is a batch of samples with two views each.
type Batch struct {
	Samples []int // B numbers of samples
	// Views holds the 2B views one after the other: sample 0 view 0, sample 0
	// view 1, sample 1 view 0, ... It is valid until the Batch is recycled.
	Views []byte

	pending sync.WaitGroup
	mu      sync.Mutex
	err     error
}

// Epoch deals the batches of one epoch. It is for one goroutine.
type Epoch struct {
	ready chan *Batch    // in order, some still in the making
	free  chan *Batch    // memory to use again
	stop  chan struct{}  // closed by Close
	done  sync.WaitGroup // the goroutines of the epoch
}

// ahead is how many batches are prepared while the network works on one.
const ahead = 2

// chunk is how many samples a worker takes at once: few enough that all workers
// share a small batch, enough that taking them costs nothing.
const chunk = 8

// Epoch starts an epoch (counted from 1) at batch first with a memorisation
// weight for each sample. The caller must Close it.
func (s *Sampler) Epoch(epoch, first int, weight func(sample int) float64) *Epoch {
	e := &Epoch{
		ready: make(chan *Batch, ahead),
		free:  make(chan *Batch, ahead+2),
		stop:  make(chan struct{}),
	}
	for range cap(e.free) {
		e.free <- &Batch{}
	}
	tasks := make(chan task)
	e.done.Add(1 + s.workers)
	go func() {
		defer e.done.Done()
		defer close(tasks)
		defer close(e.ready)
		e.deal(s, epoch, first, tasks)
	}()
	for range s.workers {
		go func() {
			defer e.done.Done()
			viewer, size := s.source.NewViewer(), s.source.Spec().Bytes()
			for t := range tasks {
				t.run(viewer, size, epoch, weight)
			}
		}()
	}
	return e
}

// deal hands the batches out in order and their samples to the workers.
func (e *Epoch) deal(s *Sampler, epoch, first int, tasks chan<- task) {
	order, size := s.Order(epoch), s.source.Spec().Bytes()
	for b := first; b < s.Batches(); b++ {
		lo, hi := s.bounds(b)
		var batch *Batch
		select {
		case batch = <-e.free:
		case <-e.stop:
			return
		}
		batch.reset(order[lo:hi], size)
		chunks := (hi - lo + chunk - 1) / chunk
		batch.pending.Add(chunks)
		select {
		case e.ready <- batch:
		case <-e.stop:
			return
		}
		for c := range chunks {
			select {
			case tasks <- task{batch, c * chunk, min((c+1)*chunk, hi-lo)}:
			case <-e.stop:
				return
			}
		}
	}
}

// Next returns the next batch, nil after the last. Recycle gives it back.
func (e *Epoch) Next() (*Batch, error) {
	b := <-e.ready
	if b == nil {
		return nil, nil
	}
	b.pending.Wait()
	return b, b.err
}

// Recycle lets the memory of a batch be used again.
func (e *Epoch) Recycle(b *Batch) { e.free <- b }

// Close stops the epoch's goroutines and waits for them.
func (e *Epoch) Close() {
	close(e.stop)
	e.done.Wait()
}

// task is some samples of a batch.
type task struct {
	batch  *Batch
	lo, hi int
}

func (t task) run(viewer Viewer, size, epoch int, weight func(int) float64) {
	defer t.batch.pending.Done()
	for k := t.lo; k < t.hi; k++ {
		sample := t.batch.Samples[k]
		for view := range 2 {
			at := (2*k + view) * size
			if err := viewer.View(t.batch.Views[at:at+size:at+size], sample, weight(sample), epoch, view); err != nil {
				t.batch.fail(err)
				return
			}
		}
	}
}

func (b *Batch) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
}

func (b *Batch) reset(samples []int, size int) {
	b.Samples, b.err = samples, nil
	if n := 2 * len(samples) * size; cap(b.Views) < n {
		b.Views = make([]byte, n)
	} else {
		b.Views = b.Views[:n]
	}
}
