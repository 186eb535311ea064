package bcltrain

import (
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

// deviceFor is the device to run on. A run that is resumed keeps its device, since others
// round in other ways, unless --device names one.
func (o *options) deviceFor(start session.Start) (string, error) {
	before, err := start.Environment()
	if o.device != device.Auto || err != nil || before.Device == "" {
		return o.device, err
	}
	return before.Device, nil
}

// threadsFor is the number of threads to run with, 0 for one a core. Sums of another number
// of threads round in other ways, so a run that is resumed keeps its number unless --threads
// names one.
func (o *options) threadsFor(start session.Start) (int, error) {
	if o.threads > 0 {
		return o.threads, nil
	}
	before, err := start.Environment()
	if err != nil || before.Threads == 0 {
		return 0, err
	}
	here, err := torch.NumThreads()
	if err == nil && before.Threads != here {
		o.theirs.Remark("resuming with %d threads, as before, although there are cores for %d: another number changes the result (--resume --threads %d --allow-change threads takes it)", before.Threads, here, here)
	}
	return before.Threads, err
}
