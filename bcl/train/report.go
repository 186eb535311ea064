package train

import (
	"slices"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
)

// report summarises an epoch, after the memory's EndEpoch; its weights are those of the
// next epoch.
func (t *Trainer) report(samples int, d time.Duration, resumed bool) run.Metrics {
	n := t.Memory.Len()
	weights := make([]float64, n)
	mean := 0.0
	for i, l := range t.Memory.Loss() {
		weights[i] = t.Memory.Weight(i)
		mean += float64(l) / float64(n)
	}
	slices.Sort(weights)
	r := run.Metrics{
		Epoch:        t.Epoch,
		Step:         t.Step,
		Loss:         t.LossSum / float64(n),
		LR:           t.Opt.LR,
		Seconds:      d.Seconds(),
		ViewsPerSec:  2 * float64(samples) / d.Seconds(),
		Resumed:      resumed,
		MomentumLoss: mean,
	}
	for q := range r.Weights {
		r.Weights[q] = weights[q*(n-1)/4]
	}
	for i, a := range t.Auxiliary {
		if l := a.EndEpoch(); l != 0 {
			if r.Auxiliary == nil {
				r.Auxiliary = map[string]float64{}
			}
			r.Auxiliary[t.config.Auxiliary[i].Name()] = l
		}
	}
	return r
}
