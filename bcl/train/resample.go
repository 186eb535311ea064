package train

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
)

// Resample configures epochs that have samples of the tail more often than others, by the rank
// of a signal: as COLT (Bai et al. 2023, arXiv 2306.04934) adds images of the tail from an open
// pool, but without one. Epochs have as many samples, and so steps, as without. The first has
// each sample once.
type Resample struct {
	Signal signal.Name // that tells the tail, of [signal.Recorded]; "": off
	// Ratio is how many times as often the most tail-like sample is drawn as the most head-like;
	// below 1 it is drawn less often, for comparison.
	Ratio float64
}

// The limits of Ratio. With ranks as weights a sample is expected below 8 times in an epoch, of
// whose views the streams have names for 128.
const minRatio, maxRatio = 1e-3, 1e3

// On reports whether samples are drawn.
func (c Resample) On() bool { return c.Signal != "" }

// Check returns a [*field.Error] for the first setting that cannot be used.
func (c Resample) Check() error {
	return cmp.Or(
		field.Expect(!c.On() || slices.Contains(signal.Recorded(), c.Signal), "Signal", strconv.Quote(string(c.Signal)), "one of "+signal.List(signal.Recorded())),
		field.Expect(!c.On() || c.Ratio >= minRatio && c.Ratio <= maxRatio, "Ratio", c.Ratio, fmt.Sprintf("%v to %v", minRatio, maxRatio)),
	)
}

// resample is Resample of a run: the momentum of the signal, larger for the tail. It follows the
// mean over a sample's draws of an epoch, and stays as it is if there are none. So do the other
// momenta of a run that re-samples, at the end of each epoch.
type resample struct {
	config   Resample
	momentum *memory.Memory
}

// newResample returns it for some samples, nil if it is off.
func newResample(c Config, samples int, measured []signal.Name) (*resample, error) {
	if !c.Resample.On() {
		return nil, nil
	}
	if name := c.Resample.Signal; !slices.Contains(measured, name) {
		return nil, field.Expect(false, "Resample.Signal", name, fmt.Sprintf("one of those that %s measures: %s", c.Method, signal.List(measured)))
	}
	m, err := memory.New(samples, c.Memory.BetaOf(c.Epochs))
	return &resample{c.Resample, m}, err
}

// visits are the samples of the current epoch, all in order.
func (t *Trainer) visits() (sampler.Visits, error) {
	if t.resample == nil || t.Epoch == 1 {
		return sampler.Visits{Samples: t.sampler.Order(t.Epoch)}, nil
	}
	ranks := memory.Ranks(t.resample.momentum.Loss())
	return t.sampler.Resample(t.Epoch, sampler.Expected(ranks, t.resample.config.Ratio))
}

// resampleName is the state of the momentum.
const resampleName = "resample"

func (r *resample) setState(all state.Dict) error {
	saved, ok := all.Dict(resampleName)
	if !ok {
		return fmt.Errorf("%s is missing: the run that wrote this did not re-sample", resampleName)
	}
	return setMomenta(r.momentum, saved, resampleName, "momentum")
}
