package harmony

import (
	"cmp"
	"fmt"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/torch"
)

// Config configures Geometric Harmonization.
type Config struct {
	Classes    int     // K, directions on the sphere
	From       int     // first epoch with the loss, from 1; 0: the one after half of the epochs
	Ramp       int     // epochs until its weight is full
	Weight     float64 // of the loss relative to the contrastive one
	Momentum   float64 // share of the past in the histories, from epoch From on
	Iterations int     // of Sinkhorn's algorithm
	Floor      int     // samples added to each class when shares are estimated
	LRShare    float64 // share of the highest learning rate at From; 0: schedule unchanged
}

// Published is the recipe for CIFAR-100-LT. For ImageNet-LT and Places-LT the
// authors' code has From 401 of 500, Ramp 30, Floor 100 and LRShare 0.2.
func Published() Config {
	return Config{Classes: 100, Ramp: 10, Weight: 1, Momentum: 0.999, Iterations: 300, LRShare: 0.6}
}

const (
	warmMomentum = 0.9  // of the histories before epoch From
	temperature  = 0.1  // of the predicted classes, gamma in the authors' code
	sharpness    = 0.05 // of the labels, l in the authors' code
	every        = 20   // epochs between estimates of the shares
)

// First is the first epoch with the loss, in a run of that many epochs.
func (c Config) First(epochs int) int { return cmp.Or(c.From, epochs/2+1) }

// Check returns a [*field.Error] for the first setting that cannot be used with
// projections of dim numbers in a run of epochs, of which warmup are warm-up of the
// learning rate.
func (c Config) Check(dim, epochs, warmup int) error {
	first := c.First(epochs)
	return cmp.Or(
		field.Expect(c.Classes >= 3 && c.Classes <= dim+1, "Classes", c.Classes, fmt.Sprintf("3 to %d: more directions cannot be equally far apart in %d dimensions, and with 2 the logits are signs, without a gradient", dim+1, dim)),
		field.Expect(first >= 2 && first <= epochs, "From", first, fmt.Sprintf("an epoch from 2, as the one before counts the classes, to the last, %d", epochs)),
		field.Expect(c.LRShare == 0 || first > warmup, "From", first, fmt.Sprintf("an epoch after the %d of warm-up", warmup)),
		field.Expect(c.Ramp >= 1, "Ramp", c.Ramp, "at least 1"),
		field.Expect(c.Weight > 0 && c.Weight <= 1000, "Weight", c.Weight, "a positive number up to 1000"),
		field.Expect(c.Momentum >= 0 && c.Momentum < 1, "Momentum", c.Momentum, "in [0, 1)"),
		field.Expect(c.Iterations >= 1 && c.Iterations <= 10000, "Iterations", c.Iterations, "1 to 10000"),
		field.Expect(c.Floor >= 0, "Floor", c.Floor, "0 or more"),
		field.Expect(c.LRShare >= 0 && c.LRShare <= 1, "LRShare", c.LRShare, "0 to 1"),
	)
}

// Name is the name of the state in checkpoints.
func (c Config) Name() string { return "harmony" }

// Title is the name of the loss in messages.
func (c Config) Title() string { return "Geometric Harmonization" }

// Restart returns the first epoch with the loss, at which the learning rate starts a
// second cosine at LRShare of the highest.
func (c Config) Restart(epochs int) (epoch int, share float64) {
	if c.LRShare == 0 {
		return 0, 0
	}
	return c.First(epochs), c.LRShare
}

// New returns the loss of a run; see [New].
func (c Config) New(n, dim, epochs int, seed uint64, d torch.Device) loss.Auxiliary {
	return New(c, n, dim, epochs, seed, d)
}

// weight is the weight of the loss in an epoch of a run that has it from first on. It
// rises linearly to its full size over Ramp epochs.
func (c Config) weight(epoch, first int) float64 {
	done := epoch - first + 1
	if done <= 0 {
		return 0
	}
	return c.Weight * min(1, float64(done)/float64(c.Ramp))
}

// keep is the share of the past in the histories at an epoch. In the first there is no
// past. (The authors' code adds the first logits to memory that it does not clear.)
func (c Config) keep(epoch, first int) float64 {
	switch {
	case epoch == 1:
		return 0
	case epoch < first:
		return warmMomentum
	}
	return c.Momentum
}

// estimates reports whether shares are estimated in an epoch: in the last before the loss
// and then every twentieth of the run.
func estimates(epoch, first int) bool {
	return epoch == first-1 || epoch >= first && epoch%every == 0
}
