package train

import (
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
)

// contrastive is NT-Xent with its options, the loss of SimCLR and SDCLR.
type contrastive struct {
	temperature float64
	schedule    *loss.CosineTemperature // in place of temperature, if not nil
	reweight    bool
}

func newContrastive(c Config) contrastive {
	return contrastive{c.Temperature, c.Schedule, c.Reweight}
}

// of returns the losses of projections (B x D) in an epoch, counted from 1.
func (c contrastive) of(z1, z2 torch.Tensor, epoch int) Losses {
	temperature := c.temperature
	if c.schedule != nil {
		temperature = c.schedule.At(epoch)
	}
	l := Losses{PerSample: loss.NTXent(z1, z2, temperature), Z1: z1, Z2: z2}
	if c.reweight { // what the memory sees is the loss itself
		l.Weights = loss.PositiveWeights(z1, z2)
	}
	return l
}
