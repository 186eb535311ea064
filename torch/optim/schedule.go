package optim

import "math"

// WarmupCosine is the published schedule: the learning rate rises linearly from 0
// over Warmup steps, then falls along half a cosine to Min at Total.
type WarmupCosine struct {
	Base, Min     float64 // learning rates
	Warmup, Total int     // steps
}

// At returns the learning rate of a step. The method advances the schedule before
// each step, so its first update uses At(1).
func (s WarmupCosine) At(step int) float64 {
	if step < s.Warmup {
		return s.Base * (float64(step) / float64(s.Warmup))
	}
	if s.Total <= s.Warmup {
		return s.Base // all warm-up: no cosine follows
	}
	lo := s.Min / s.Base
	at := float64(step-s.Warmup) / float64(s.Total-s.Warmup)
	return s.Base * (lo + (1-lo)*0.5*(1+math.Cos(at*math.Pi)))
}

// Exponential decays a learning rate from Base to Last over Epochs, by the same factor
// per epoch, as for the linear probe.
type Exponential struct {
	Base, Last float64
	Epochs     int
}

// At returns the learning rate of an epoch, counted from 0. It multiplies once per epoch,
// as PyTorch's ExponentialLR does, to round as it does.
func (s Exponential) At(epoch int) float64 {
	gamma := math.Pow(s.Last/s.Base, 1/float64(s.Epochs))
	lr := s.Base
	for range epoch {
		lr *= gamma
	}
	return lr
}
