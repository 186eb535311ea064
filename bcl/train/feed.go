package train

import (
	"fmt"
	"sync"

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
	used   cuda.Event     // the steps that read it are done
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

// start returns tensors of the rows of a batch, from the start of those of the largest.
func start(views []torch.Tensor, b *sampler.Batch) []torch.Tensor {
	list := make([]torch.Tensor, len(views))
	for i, v := range views {
		list[i] = v.Narrow(0, 0, int64(b.Buffers[i].Rows))
	}
	return list
}

// put starts to copy a batch and returns its views on the device, for operators on the stream
// of the steps until the next put but one. Until copied says so the batch must not change.
func (f *feed) put(b *sampler.Batch) ([]torch.Tensor, error) {
	if err := f.staging[f.last].used.Record(f.steps); err != nil {
		return nil, err
	}
	f.last = 1 - f.last
	s := &f.staging[f.last]
	views := start(s.views, b)
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

// copied reports whether the batch of the last put has been copied.
func (f *feed) copied() (bool, error) { return f.staging[f.last].copied.Query() }

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
