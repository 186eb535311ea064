package run

import (
	"fmt"
	"strconv"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/signal"
)

// Weighing is what of a run's settings says which weights its samples get: all that shows or
// measures weights of a run takes them from here.
type Weighing struct {
	memory.Config
	Rule   memory.Rule // of the method, or the control in its place
	Seed   uint64
	method memory.Rule
}

// WeighingOf reads it from a run's settings. Those of earlier programs, which lack some, are of
// the published memory.
func WeighingOf(list settings.List) (w Weighing, err error) {
	w.Config = memory.Published()
	bad := func(name, expected string) error {
		return fmt.Errorf("%s is %q, expected %s", name, list.Get(name), expected)
	}
	m, err := method.Parse(list.Get("method"))
	if err != nil {
		return w, err
	}
	if v := list.Get("momentum-loss-beta"); v != "" {
		if w.Beta, err = strconv.ParseFloat(v, 64); err != nil {
			return w, bad("momentum-loss-beta", "a number")
		}
	}
	if v := list.Get("memory-horizon"); v != "" {
		if w.Horizon, err = strconv.Atoi(v); err != nil {
			return w, bad("memory-horizon", "a number of epochs")
		}
	}
	if v := list.Get("memory-signal"); v != "" {
		w.Signal = signal.Name(v)
	}
	if v := list.Get("memory-weights"); v != "" {
		w.Config.Weights = memory.Weighting(v)
	}
	if v := list.Get("memory-control"); v != "" {
		w.Control = memory.Rule(v)
	}
	if v := list.Get("seed"); v != "" {
		if w.Seed, err = strconv.ParseUint(v, 10, 64); err != nil {
			return w, bad("seed", "a whole number of at least 0")
		}
	}
	w.method = m.Traits().Rule
	w.Rule = w.RuleOf(w.method)
	return w, w.Check()
}

// Controlled reports whether the run trains with other weights than its memory's.
func (w Weighing) Controlled() bool { return w.Rule != memory.Boosted && w.Rule != memory.Zero }

// Shown returns the weights of samples after some epochs that left them these momentum losses:
// those that the next epoch trains with, or where the method uses none, those that its memory
// records.
func (w Weighing) Shown(loss []float32, epochs int, labels []int) ([]float64, error) {
	if w.Rule == memory.Zero {
		return w.Weigh(loss), nil
	}
	return w.Trained(w.method, loss, w.Seed, epochs+1, memory.SizesOf(labels))
}
