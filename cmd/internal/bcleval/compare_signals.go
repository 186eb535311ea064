package bcleval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/signal"
)

// weightsSignal names the memorisation weights among the signals.
const weightsSignal = "weights"

// recorded is a signal of each training image after the last epoch, higher where it is rarer.
type recorded struct {
	name   string
	values []float64
}

// discover reads what the run has recorded of its training images. Where nothing can be
// measured of it, there is none, and stderr says why.
func (r *compared) discover(im *images, stderr io.Writer) error {
	rows, err := r.history()
	if err != nil || len(rows) == 0 || im.groups.None() {
		return err
	}
	if err := r.trainedOn(im.trained); err != nil {
		fmt.Fprintf(stderr, "%s: %s: the signals that training has recorded are left out: %s\n", name, r.label, quote.Text(err.Error()))
		return nil
	}
	w, err := r.weighing()
	if err != nil {
		return err
	}
	r.signals = append(r.signals, recorded{weightsSignal, w.Weigh(rows[len(rows)-1])})
	for _, name := range signal.Recorded() {
		s, _ := signal.Lookup(name)
		rows, err := run.Signals(r.path, name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && len(rows) == 0 {
			continue
		}
		if err != nil {
			return err
		}
		last := rows[len(rows)-1]
		values := make([]float64, len(last))
		for i, v := range last {
			values[i] = float64(s.Tail) * float64(v)
		}
		r.signals = append(r.signals, recorded{string(name), values})
	}
	return nil
}

// signalPair is how well a signal of two runs finds the tail.
type signalPair struct {
	Baseline string                 `json:"baseline"`
	Run      string                 `json:"run"`
	Signal   string                 `json:"signal"`
	Measures []score.TailDifference `json:"measures"`
}

// compareSignals compares the signals that both runs have.
func compareSignals(baseline, other *compared, im *images, seed uint64) (pairs []signalPair) {
	labels := labelsOf(im.trained)
	for _, a := range baseline.signals {
		for _, b := range other.signals {
			if a.name != b.name || len(a.values) != len(b.values) {
				continue
			}
			list, err := score.CompareTails(a.values, b.values, labels, im.counts, im.groups, seed)
			if err != nil {
				continue // such as NaN where an epoch's were lost
			}
			pairs = append(pairs, signalPair{baseline.label, other.label, a.name, list})
		}
	}
	return pairs
}
