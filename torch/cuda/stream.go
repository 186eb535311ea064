package cuda

import (
	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch"
)

// Stream is a queue of work of a device; the work of two streams may overlap.
type Stream struct {
	device torch.Device
	id     cgo.Stream
}

// NewStream returns a stream of libtorch's pool, of high priority (torch.cuda.Stream).
func NewStream(d torch.Device) (Stream, error) {
	s := Stream{device: d}
	if !d.IsCUDA() {
		return s, nil
	}
	s.device.Index = max(d.Index, 0)
	var err error
	s.id, err = cgo.NewStream(s.device.Index)
	return s, err
}

// Use runs f, inside [torch.Do], with s as the current stream: what operators work on
// (torch.cuda.stream).
func (s Stream) Use(f func() error) (err error) {
	if !s.device.IsCUDA() {
		return f()
	}
	before, err := cgo.CurrentStream(s.device.Index)
	if err != nil {
		return err
	}
	if err := s.id.Enter(s.device.Index); err != nil {
		return err
	}
	defer func() {
		if left := before.Enter(s.device.Index); err == nil {
			err = left
		}
	}()
	return f()
}

// UseInOrder is Use with f's work after that which the current stream has, and its later work
// after f's: streams of the pool do not wait for the default one.
func (s Stream) UseInOrder(f func() error) (err error) {
	if !s.device.IsCUDA() {
		return f()
	}
	before := Stream{device: s.device}
	if before.id, err = cgo.CurrentStream(s.device.Index); err != nil {
		return err
	}
	if err := s.waitFor(before); err != nil {
		return err
	}
	defer func() {
		if left := before.waitFor(s); err == nil {
			err = left
		}
	}()
	return s.Use(f)
}

// waitFor makes the later work of s wait for that which o has (wait_stream).
func (s Stream) waitFor(o Stream) error {
	return torch.Do(func() error { // CUDA keeps what a freed event stands for
		e, err := NewEvent(s.device)
		if err != nil {
			return err
		}
		if err := e.Record(o); err != nil {
			return err
		}
		return s.Wait(e)
	})
}

// Wait makes the later work of s wait for an event. The caller does not wait.
func (s Stream) Wait(e Event) error {
	if !s.device.IsCUDA() {
		return nil
	}
	return s.id.Wait(s.device.Index, e.id)
}

// Synchronize waits until s has done its work.
func (s Stream) Synchronize() error {
	if !s.device.IsCUDA() {
		return nil
	}
	return s.id.Synchronize(s.device.Index)
}
