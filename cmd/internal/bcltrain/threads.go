package bcltrain

import (
	"cmp"
	"fmt"
	"runtime"
	"strings"

	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

// deviceFor is the device to run on. A run that is resumed keeps its device, since others
// round in other ways, unless --device names one. Of several processes each takes the GPU of
// its local rank, of those that it sees.
func (o *options) deviceFor(start session.Start) (string, error) {
	name, err := o.deviceOf(start)
	if err != nil || o.place.World == 1 || name != "cuda" && (name != device.Auto || torch.CUDAAvailable() != nil) && !(o.device == device.Auto && strings.HasPrefix(name, "cuda")) {
		return name, err
	}
	gpus, err := torch.CUDADeviceCount()
	if err != nil {
		return "", err
	}
	if gpus > 1 && gpus < o.place.LocalWorld {
		return "", fmt.Errorf("%d processes on this machine, but %d GPUs: each process needs one of its own", o.place.LocalWorld, gpus)
	}
	return fmt.Sprintf("cuda:%d", o.place.LocalRank%gpus), nil
}

func (o *options) deviceOf(start session.Start) (string, error) {
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
	if err != nil {
		return 0, err
	}
	if before.Threads == 0 || o.place.World != cmp.Or(before.Ranks, 1) {
		if o.place.LocalWorld > 1 {
			return max(1, runtime.GOMAXPROCS(0)/o.place.LocalWorld), nil
		}
		return 0, nil
	}
	here, err := torch.NumThreads()
	if err == nil && before.Threads != here {
		o.theirs.Remark("resuming with %d threads, as before, although there are cores for %d: another number changes the result (--resume --threads %d --allow-change threads takes it)", before.Threads, here, here)
	}
	return before.Threads, err
}

// checkRanks says if the run was trained by another number of processes.
func (o *options) checkRanks(start session.Start) error {
	before, err := start.Environment()
	was, is := cmp.Or(before.Ranks, 1), o.place.World
	if err == nil && before.Threads > 0 && was != is {
		o.theirs.Remark("trained by %d process(es) until now, by %d from here on: weights differ by rounding from those of a run that goes on as it was, since statistics and gradients are summed in another order; order, views and the rules of the memory are the same", was, is)
	}
	return err
}
