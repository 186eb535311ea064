package loss

import (
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
)

// Auxiliary is a loss beside that of the method, which may follow each sample over the
// epochs. Package harmony has one.
type Auxiliary interface {
	// Loss returns the weighted loss of a batch, by the projections (B x D) of two views
	// in an epoch, or the zero Tensor if there is none in that epoch. It moves nothing
	// that lasts: the step may yet be dropped.
	Loss(epoch int, z1, z2 torch.Tensor) (torch.Tensor, error)
	// Observe takes in the batch of the last Loss, of these samples, once its step is done.
	Observe(epoch int, samples []int)
	// EndEpoch returns the mean of the loss, without its weight, over the samples of the
	// epoch; 0 in an epoch that has none.
	EndEpoch() float64
	// State returns what a checkpoint keeps.
	State() state.Dict
	// SetState puts back what State returned in a run of the same settings.
	SetState(s state.Dict) error
}

// AuxiliaryConfig is the settings of an [Auxiliary].
type AuxiliaryConfig interface {
	// Name is that of the state in checkpoints; metrics call the loss NAME_loss.
	Name() string
	// Title is what the loss is called in messages.
	Title() string
	// Check returns an error that names the first setting that cannot be used with
	// projections of dim numbers in a run of epochs, of which warmup are warm-up of the
	// learning rate.
	Check(dim, epochs, warmup int) error
	// Restart returns the epoch at whose start the learning rate begins a second cosine,
	// and the share of the highest rate that it has then; 0 and 0 without one.
	Restart(epochs int) (epoch int, share float64)
	// New returns the loss of a run of epochs over n samples, with projections of dim
	// numbers. It must run inside [torch.Do].
	New(n, dim, epochs int, seed uint64, d torch.Device) Auxiliary
}
