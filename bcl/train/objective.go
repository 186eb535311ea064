package train

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
)

// Objective is what a method trains: a network, how views pass through it, and the loss
// of each sample. Each is one file, which registers it.
type Objective interface {
	// Network returns the network that is trained.
	Network() model.Network
	// BeginEpoch prepares an epoch, before its first step.
	BeginEpoch(seed uint64, epoch int) error
	// Losses runs the views of a batch through the network in an epoch, counted from 1. What it
	// gives to v may be run more than once a step, in chunks, and must do the same then.
	Losses(v Views, epoch int) Losses
	// State returns what a checkpoint keeps in addition to weights; within is whether the
	// run is between two steps of an epoch.
	State(within bool) state.Dict
	// SetState restores what State returned. It is an error if something needed is
	// missing or does not fit.
	SetState(s state.Dict, within bool) error
}

// Capturable is an Objective that tells whether Losses does the same in every step of a run,
// except for the values of tensors, and never looks at one: whole steps may then be captured
// as CUDA graphs. So may those of an encoder that does likewise.
type Capturable interface {
	// Capturable returns "", or why not.
	Capturable() (why string)
}

// Measuring is an Objective whose Losses have more signals of the samples than the loss.
type Measuring interface {
	// Signals lists those of [Losses.Signals], of [signal.Recorded] without the loss.
	Signals() []signal.Name
}

// Losses are the losses of a batch of B samples.
type Losses struct {
	PerSample torch.Tensor // B: what the memory sees
	Weights   torch.Tensor // B: of the samples in the mean that is minimised; zero Tensor: all 1
	// Signals are those that the objective lists if it is [Measuring] (B each), without gradient.
	Signals []torch.Tensor
	// Z1 and Z2 are the projections of the two views (B x D), for auxiliary losses.
	Z1, Z2 torch.Tensor
}

// Mean is what is minimised.
func (l Losses) Mean() torch.Tensor {
	if l.Weights.Defined() {
		return l.PerSample.Mul(l.Weights).Mean()
	}
	return l.PerSample.Mean()
}

var objectives = map[string]func(c Config, encoder model.Builder) Objective{}

// RegisterObjective adds an objective under the name that methods call it by.
func RegisterObjective(name string, build func(c Config, encoder model.Builder) Objective) {
	if objectives[name] != nil {
		panic("train: two objectives are called " + name)
	}
	objectives[name] = build
}

func newObjective(c Config, encoder model.Builder) (Objective, error) {
	build, ok := objectives[c.Method.Traits().Objective]
	if !ok {
		return nil, fmt.Errorf("method %s: no objective %q is registered", c.Method, c.Method.Traits().Objective)
	}
	return build(c, encoder), nil
}

// stateless is embedded by objectives without state other than weights.
type stateless struct{}

func (stateless) BeginEpoch(uint64, int) error    { return nil }
func (stateless) State(bool) state.Dict           { return nil }
func (stateless) SetState(state.Dict, bool) error { return nil }
