package cuda

import (
	"github.com/bcl-go/bcl/cgo"
	"github.com/bcl-go/bcl/torch"
)

// Event is a point in the work of a stream (torch.cuda.Event).
type Event struct{ id cgo.Event }

// NewEvent returns an event of the current scope, which counts as reached until it is
// recorded.
func NewEvent(d torch.Device) (e Event, err error) {
	if d.IsCUDA() {
		e.id, err = cgo.NewEvent()
	}
	return e, err
}

// Record puts e behind the work that s has now.
func (e Event) Record(s Stream) error {
	if !s.device.IsCUDA() {
		return nil
	}
	return e.id.Record(s.device.Index, s.id)
}

// Query reports whether e is reached. It may be called outside of [torch.Do]. An error is
// that of the device.
func (e Event) Query() (bool, error) {
	if e.id == 0 {
		return true, nil
	}
	return e.id.Query()
}
