package sampler

import "sync"

// Batch is a batch of B samples with their V views.
type Batch struct {
	Visits       // B samples
	Local  []int // those of them whose views are here: all, unless processes share batches
	// Buffers hold the views of Local. They are valid until the Batch is recycled.
	//
	// If all views have the same inputs there is one buffer per input, of a row for each view:
	// sample 0 view 0, sample 0 view 1, sample 1 view 0, ... Otherwise there is one for
	// each input of each view, of a row for each sample, those of view 0 first.
	Buffers []Buffer

	layout  layout
	draws   []int // of Local; nil: all 0
	pending sync.WaitGroup
	mu      sync.Mutex
	err     error
	failed  int // sample of the batch that err is of
}

// Views returns V, the number of views per sample.
func (b *Batch) Views() int { return len(b.layout.views) }

// Uniform reports whether all views have the same inputs and share buffers.
func (b *Batch) Uniform() bool { return b.layout.uniform }

// View returns which of the Buffers are those of one view, lo to hi-1, of a batch that is not
// Uniform.
func (b *Batch) View(view int) (lo, hi int) {
	lo = b.layout.first(view)
	return lo, lo + len(b.layout.views[view])
}

// Buffer is memory for one input.
type Buffer struct {
	Spec Spec // of a row
	Rows int
	Data []byte // of Size

	room []byte // all allocated memory; Data is its start
}

// Shape returns the shape of Data: Rows x that of a row.
func (b Buffer) Shape() []int64 { return append([]int64{int64(b.Rows)}, b.Spec.Shape...) }

// Size returns the size of Data in bytes.
func (b Buffer) Size() int { return b.Rows * b.Spec.Bytes() }

// Alloc returns memory for a buffer, at least size bytes: Go's, or pinned memory for a GPU. It
// is called on any goroutine.
type Alloc func(size int) []byte

func goMemory(size int) []byte { return make([]byte, size) }

// layout is where the views are in the buffers of a batch.
type layout struct {
	views   [][]Spec
	uniform bool
	alloc   Alloc
}

// reset prepares b for other samples; memory is reused where it is large enough.
func (l layout) reset(b *Batch, v Visits, s share) {
	lo, hi := s.bounds(len(v.Samples))
	local := v.part(lo, hi)
	b.Visits, b.Local, b.draws, b.layout, b.err = v, local.Samples, local.Draws, l, nil
	for i, want := range l.buffers(len(b.Local)) {
		if i == len(b.Buffers) {
			b.Buffers = append(b.Buffers, Buffer{})
		}
		b.Buffers[i].reset(want.Spec, want.Rows, l.alloc)
	}
}

// buffers are those of a batch of some samples, without memory.
func (l layout) buffers(samples int) (list []Buffer) {
	views, rows := l.views, samples
	if l.uniform {
		views, rows = l.views[:1], rows*len(l.views)
	}
	for _, inputs := range views {
		for _, spec := range inputs {
			list = append(list, Buffer{Spec: spec, Rows: rows})
		}
	}
	return list
}

func (b *Buffer) reset(spec Spec, rows int, alloc Alloc) {
	b.Spec, b.Rows = spec, rows
	if len(b.room) < b.Size() {
		b.room = alloc(b.Size())
	}
	b.Data = b.room[:b.Size()]
}

// first is the index of the first buffer of a view.
func (l layout) first(view int) (n int) {
	if l.uniform {
		return 0
	}
	for _, inputs := range l.views[:view] {
		n += len(inputs)
	}
	return n
}

// rows sets dst to where the inputs of a view of the k-th sample of b go.
func (l layout) rows(b *Batch, k, view int, dst [][]byte) [][]byte {
	dst = dst[:0]
	first, row := l.first(view), k
	if l.uniform {
		row = k*len(l.views) + view
	}
	for i := range l.views[view] {
		buffer := &b.Buffers[first+i]
		size := buffer.Spec.Bytes()
		dst = append(dst, buffer.Data[row*size:(row+1)*size:(row+1)*size])
	}
	return dst
}

// fail keeps the error of the first sample that has one, whichever worker is faster.
func (b *Batch) fail(k int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil || k < b.failed {
		b.err, b.failed = err, k
	}
}
