package train

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// StateDict is that of Net after the last whole step: a step that is under way has
// moved nothing of it. It is for Progress, for whoever Holds t, and while RunEpoch
// does not run.
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

// Hold waits until nothing moves the state of t and keeps it so until release: what
// RunEpoch, on another goroutine, runs to where it would change something, and
// waits there. So a process that has to end can save without waiting for the end of
// a pass, which nothing can break off. If Batch is Batches, the epoch is about to end
// and the run cannot be resumed.
func (t *Trainer) Hold() (release func()) {
	t.moving.Lock()
	return t.moving.Unlock
}

// meanwhile runs f, which moves nothing but statistics that are kept, and lets others
// Hold t for that long.
func (t *Trainer) meanwhile(f func()) {
	t.moving.Unlock()
	defer t.moving.Lock()
	f()
}
