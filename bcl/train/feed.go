package train

import (
	"fmt"
	"sync"
	"time"

	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/cuda"
)

// feed brings batches to a device. The workers of the sampler write views into pinned memory;
// a stream of its own copies them, while the device works on the step before, into one of two
// stagings.
type feed struct {
	steps, copies cuda.Stream // of the training steps, and of the copies
	staging       [2]staging
	last          int // which of them the last batch is in
}

type staging struct {
	views  []torch.Tensor // one for each buffer of the largest batch
	copied cuda.Event     // the batch is here
	used   cuda.Event     // what reads it is done
	batch  *sampler.Batch // which is being copied, or has been; nil: given back
}

// newFeed returns the feed of batches whose largest has these buffers. Its memory belongs to
// the current scope.
func newFeed(d torch.Device, largest []sampler.Buffer) (f *feed, err error) {
	f = &feed{}
	if f.steps, err = cuda.NewStream(d); err != nil {
		return nil, err
	}
	if f.copies, err = cuda.NewStream(d); err != nil {
		return nil, err
	}
	for i := range f.staging {
		s := &f.staging[i]
		if s.copied, err = cuda.NewEvent(d); err != nil {
			return nil, err
		}
		if s.used, err = cuda.NewEvent(d); err != nil {
			return nil, err
		}
		s.views = onDevice(d, largest)
	}
	return f, nil
}

// onDevice returns tensors like buffers, on a device.
func onDevice(d torch.Device, buffers []sampler.Buffer) (list []torch.Tensor) {
	for _, b := range buffers {
		list = append(list, torch.Empty(b.Shape(), torch.On(b.Spec.DType, d)))
	}
	return list
}

// start returns the first rows of each view.
func start(views []torch.Tensor, rows []int) []torch.Tensor {
	list := make([]torch.Tensor, len(views))
	for i, v := range views {
		list[i] = v.Narrow(0, 0, int64(rows[i]))
	}
	return list
}

// clear gives back all batches, once they are copied, unless the device has failed.
func (f *feed) clear(to func(*sampler.Batch)) error {
	for i := range f.staging {
		for f.staging[i].batch != nil {
			if err := f.giveBack(to); err != nil {
				f.staging[0].batch, f.staging[1].batch = nil, nil
				return err
			}
			if f.staging[i].batch != nil {
				time.Sleep(pollEvery)
			}
		}
	}
	return nil
}

// rowsOf are the rows of each buffer of a batch.
func rowsOf(b *sampler.Batch) (rows []int) {
	for _, buffer := range b.Buffers {
		rows = append(rows, buffer.Rows)
	}
	return rows
}

// put starts to copy a batch, which is f's until it gives it back, and returns its views on the
// device, for operators on the stream of the steps until release. f must not be full.
func (f *feed) put(b *sampler.Batch) ([]torch.Tensor, error) {
	f.last = 1 - f.last
	s := &f.staging[f.last]
	s.batch = b
	views := start(s.views, rowsOf(b))
	err := f.copies.Use(func() error {
		if err := f.copies.Wait(s.used); err != nil {
			return err
		}
		for i, v := range views {
			v.WriteBytesLater(b.Buffers[i].Data)
		}
		return s.copied.Record(f.copies)
	})
	if err != nil {
		return nil, err
	}
	return views, f.steps.Wait(s.copied)
}

// release says that the operators which read the views of the last put have been given.
func (f *feed) release() error { return f.staging[f.last].used.Record(f.steps) }

// full reports whether the batch of the put before the last is still f's.
func (f *feed) full() bool { return f.staging[1-f.last].batch != nil }

// giveBack gives back the batches that are copied.
func (f *feed) giveBack(to func(*sampler.Batch)) error {
	for i := range f.staging {
		s := &f.staging[i]
		if s.batch == nil {
			continue
		}
		copied, err := s.copied.Query()
		if err != nil {
			return err
		}
		if copied {
			to(s.batch)
			s.batch = nil
		}
	}
	return nil
}

// rooms are pinned memory for the batches of a sampler.
type rooms struct {
	mu   sync.Mutex
	free [][]byte
}

// build allocates memory for as many batches as a sampler has, whose largest has these
// buffers. It belongs to the current scope: pinning takes milliseconds, and waits for the
// device.
func (r *rooms) build(d torch.Device, largest []sampler.Buffer) error {
	for range sampler.Slots {
		for _, b := range largest {
			room, err := cuda.Pinned(d, b.Size())
			if err != nil {
				return fmt.Errorf("pinned memory for %d batches: %w", sampler.Slots, err)
			}
			r.free = append(r.free, room)
		}
	}
	return nil
}

// alloc is a [sampler.Alloc].
func (r *rooms) alloc(size int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	best := -1
	for i, room := range r.free {
		if len(room) >= size && (best < 0 || len(room) < len(r.free[best])) {
			best = i
		}
	}
	if best < 0 { // Go's, whose copy waits
		return make([]byte, size)
	}
	room := r.free[best]
	r.free = append(r.free[:best], r.free[best+1:]...)
	return room
}
