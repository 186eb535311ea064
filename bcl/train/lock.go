package train

import (
	"time"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// StateDict is the state dict of Net after the last complete step; a step in progress has
// not changed it. Call it from Progress (of a step with Ahead 0), while holding t, or while
// RunEpoch is not running.
func (t *Trainer) StateDict() []nn.Named {
	state := nn.StateDict(t.Net)
	if !t.statistics.kept {
		return state
	}
	before := map[string]torch.Tensor{}
	for i, name := range t.statistics.names {
		before[name] = t.statistics.before[i]
	}
	for i, n := range state {
		if b, ok := before[n.Name]; ok {
			state[i].Tensor = b
		}
	}
	return state
}

// Hold waits until nothing changes the state of t, steps that a device has begun included, and
// keeps it unchanged until release: RunEpoch, on another goroutine, waits before its next
// change. So a process that has to
// end can save without waiting for the end of a pass, which cannot be interrupted. If
// Batch is Batches, the epoch is about to end and the run cannot be resumed from there.
func (t *Trainer) Hold() (release func()) {
	t.moving.Lock()
	for t.ahead != nil && len(t.ahead.under) > 0 {
		if !t.arrive() {
			time.Sleep(pollEvery)
		}
	}
	if t.feed != nil {
		// The caller's thread works on another stream. If the device has failed, so will it.
		_ = t.feed.steps.Synchronize()
	}
	return t.moving.Unlock
}

// Settle, called from Progress, lets the steps that the device has begun end before the next
// begins: the last of them has Ahead 0.
func (t *Trainer) Settle() {
	if t.ahead != nil {
		t.ahead.settle = true
	}
}

// meanwhile runs f, which changes only statistics that are backed up, and lets others
// Hold t while f runs.
func (t *Trainer) meanwhile(f func()) {
	t.moving.Unlock()
	defer t.moving.Lock()
	f()
}
