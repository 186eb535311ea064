package train

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Report says how an epoch went: a line of metrics.jsonl.
type Report struct {
	Epoch        int        `json:"epoch"`
	Step         int        `json:"step"` // steps done since the start of the run
	Loss         float64    `json:"loss"` // mean over the epoch's samples
	LR           float64    `json:"lr"`   // of the last step
	Seconds      float64    `json:"seconds"`
	ViewsPerSec  float64    `json:"views_per_second"`
	Resumed      bool       `json:"resumed,omitempty"` // began within the epoch: the times are of its rest
	MomentumLoss float64    `json:"momentum_loss"`     // mean over all samples
	Weights      [5]float64 `json:"weight_quantiles"`  // least, quartiles, largest of the next epoch's weights
	// Auxiliary are the means of auxiliary losses over the epoch's samples, by name, of
	// those that have set in. In JSON they are NAME_loss.
	Auxiliary map[string]float64 `json:"-"`
}

// MarshalJSON writes the line of metrics.jsonl.
func (r Report) MarshalJSON() ([]byte, error) {
	type plain Report
	line, err := json.Marshal(plain(r))
	for _, name := range slices.Sorted(maps.Keys(r.Auxiliary)) {
		if err == nil {
			line = fmt.Appendf(line[:len(line)-1], ",%q:", name+"_loss")
			var value []byte
			value, err = json.Marshal(r.Auxiliary[name])
			line = append(append(line, value...), '}')
		}
	}
	return line, err
}

func (t *Trainer) report(samples int, d time.Duration, resumed bool) Report {
	n := t.Memory.Len()
	weights := make([]float64, n)
	mean := 0.0
	for i, l := range t.Memory.Loss() {
		weights[i] = t.Memory.Weight(i)
		mean += float64(l) / float64(n)
	}
	slices.Sort(weights)
	r := Report{
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
