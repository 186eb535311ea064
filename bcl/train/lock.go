package train

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// StateDict is the state dict of Net after the last complete step; a step in progress has
// not changed it. Call it from Progress, while holding t, or while RunEpoch is not
// running.
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

// Hold waits until nothing changes the state of t, and keeps it unchanged until release:
// RunEpoch, on another goroutine, waits before its next change. So a process that has to
// end can save without waiting for the end of a pass, which cannot be interrupted. If
// Batch is Batches, the epoch is about to end and the run cannot be resumed from there.
func (t *Trainer) Hold() (release func()) {
	t.moving.Lock()
	return t.moving.Unlock
}

// meanwhile runs f, which changes only statistics that are backed up, and lets others
// Hold t while f runs.
func (t *Trainer) meanwhile(f func()) {
	t.moving.Unlock()
	defer t.moving.Lock()
	f()
}
