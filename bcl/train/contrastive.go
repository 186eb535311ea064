package train

import (
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
)

// capturable is [Capturable] of objectives with this loss.
func (c Config) capturable() (why string) {
	if c.Schedule != nil {
		why = "the temperature changes from epoch to epoch"
	}
	return why
}

// contrastive returns the losses of SimCLR and SDCLR, NT-Xent with its options, of
// projections (B x D) in an epoch, counted from 1.
func (c Config) contrastive(z1, z2 torch.Tensor, epoch int) Losses {
	temperature := c.Temperature
	if c.Schedule != nil {
		temperature = c.Schedule.At(epoch)
	}
	l := Losses{PerSample: loss.NTXent(z1, z2, temperature), Z1: z1, Z2: z2}
	if c.Reweight { // what the memory sees is the loss itself
		l.Weights = loss.PositiveWeights(z1, z2)
	}
	return l
}
