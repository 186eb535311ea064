package train

import (
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch"
)

// capturable is [Capturable] of objectives with this loss.
func (c Config) capturable() (why string) {
	if c.Schedule != nil {
		why = "the temperature changes from epoch to epoch"
	}
	return why
}

// contrastive returns the losses of SimCLR and SDCLR, NT-Xent unless the config has another, of
// projections (B x D) in an epoch, counted from 1. The memory sees them without their weights.
func (c Config) contrastive(z1, z2 torch.Tensor, epoch int) Losses {
	negatives, full := 2*int(z1.Size(0))-2, 2*c.Batch-2
	l, signals := c.Loss.WithSignals(z1, z2, c.temperature(epoch), signal.Top(negatives, full))
	return Losses{PerSample: l, Signals: signals, Weights: c.Reweight.Weights(z1, z2), Z1: z1, Z2: z2}
}

// temperature returns that of an epoch, counted from 1.
func (c Config) temperature(epoch int) float64 {
	if c.Schedule != nil {
		return c.Schedule.At(epoch)
	}
	return c.Temperature
}
