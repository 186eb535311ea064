package loss

import (
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
)

// Auxiliary is a loss in addition to that of the method; it may keep state per sample
// over the epochs. Package harmony has one.
type Auxiliary interface {
	// Loss returns the weighted loss of a batch, from the projections (B x D) of two
	// views in an epoch, or the zero Tensor if that epoch has no such loss. It changes no
	// state: the step may still be dropped.
	Loss(epoch int, z1, z2 torch.Tensor) (torch.Tensor, error)
	// Observe updates the state with the batch of the last Loss, of these samples, after
	// its step.
	Observe(epoch int, samples []int)
	// EndEpoch returns the mean of the loss, without its weight, over the samples of the
	// epoch; 0 in an epoch without it.
	EndEpoch() float64
	// State returns what a checkpoint keeps.
	State() state.Dict
	// SetState restores what State returned in a run with the same settings.
	SetState(s state.Dict) error
}

// AuxiliaryConfig is the settings of an [Auxiliary].
type AuxiliaryConfig interface {
	// Name is the name of the state in checkpoints; metrics call the loss NAME_loss.
	Name() string
	// Title is the name of the loss in messages.
	Title() string
	// Check returns an error that names the first setting that cannot be used with
	// projections of dim numbers in a run of epochs, of which warmup are warm-up of the
	// learning rate.
	Check(dim, epochs, warmup int) error
	// Restart returns the epoch at whose start the learning rate starts a second cosine,
	// and the share of the highest rate at which it starts; 0 and 0 without one.
	Restart(epochs int) (epoch int, share float64)
	// New returns the loss of a run of epochs over n samples, with projections of dim
	// numbers. It must run inside [torch.Do].
	New(n, dim, epochs int, seed uint64, d torch.Device) Auxiliary
}
