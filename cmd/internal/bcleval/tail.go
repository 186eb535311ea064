package bcleval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/signal"
)

// tail returns the curve of tail discovery. If a run has a history but there is nothing
// to measure, stderr says why; if the curve was requested, that is an error.
func (o *options) tail(im *images, stderr io.Writer) ([]score.Tail, error) {
	rows, err := o.history()
	if err != nil {
		return nil, err
	}
	var curve []score.Tail
	why := fmt.Errorf("%s is not a run directory with a history of the memorisation weights", o.path)
	if rows != nil {
		curve, why = o.tailCurve(rows, im)
	}
	if o.tailSignal != "" && rows != nil {
		if o.signalTail, err = o.signalCurve(im, stderr); err != nil {
			return nil, fmt.Errorf("--tail-signal: %w", err)
		}
	}
	switch {
	case why == nil:
	case o.tailFile != "" && o.signalTail == nil:
		return nil, fmt.Errorf("--tail-curve: %w", why)
	case rows != nil:
		fmt.Fprintf(stderr, "%s: tail discovery by the memorisation weights is not measured: %s\n", name, quote.Text(why.Error()))
	}
	return curve, nil
}

// history returns the momentum losses of each epoch of the run; nil if o.path is not a
// run directory with a history.
func (o *options) history() ([][]float32, error) {
	if !isDir(o.path) || o.source.ours == nil {
		return nil, nil
	}
	rows, err := run.History(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w\n(bcl-eval %s evaluates without the history)", err, o.source.path)
	}
	return rows, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// tailCurve measures, for each epoch of a run, how well the memorisation weights rank the
// samples of rare classes. It is an error if there is nothing to measure: other images
// than the run's, equal class sizes, an epoch without history.
func (o *options) tailCurve(rows [][]float32, im *images) (curve []score.Tail, err error) {
	if err := o.hasTail(im); err != nil {
		return nil, err
	}
	w, err := o.weighing()
	if err != nil {
		return nil, err
	}
	return o.curve(im, len(rows), func(epoch int) []float64 { return w.Weigh(rows[epoch-1]) })
}

// weighing is how the run's memory weighs samples; that of a folder without settings is the
// published one.
func (o *options) weighing() (run.Weighing, error) {
	list, err := run.ReadConfig(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return run.Weighing{Config: memory.Published(), Rule: memory.Boosted}, nil
	}
	if err != nil {
		return run.Weighing{}, err
	}
	w, err := run.WeighingOf(list)
	if err != nil {
		err = fmt.Errorf("%s: %w", quote.Name(run.File(o.path, run.ConfigFile)), err)
	}
	return w, err
}

// hasTail returns an error if the run's images are others, or none of their classes is rare.
func (o *options) hasTail(im *images) error {
	if err := o.trainedOn(im.trained); err != nil {
		return err
	}
	if im.groups.None() {
		return errors.New("all classes have the same size")
	}
	return nil
}

// curve measures a score of each sample after each epoch, counted from 1.
func (o *options) curve(im *images, epochs int, of func(epoch int) []float64) (curve []score.Tail, err error) {
	labels := labelsOf(im.trained)
	for i := range epochs {
		t, err := score.TailDiscovery(of(i+1), labels, im.counts, im.groups)
		if err != nil {
			return nil, fmt.Errorf("epoch %d: %w", i+1, err)
		}
		curve = append(curve, t)
	}
	return curve, nil
}

// signalCurve is the tail curve of --tail-signal. After epochs when there is no value of some
// image the curve is NaN, which stderr is told.
func (o *options) signalCurve(im *images, stderr io.Writer) ([]score.Tail, error) {
	if err := o.hasTail(im); err != nil {
		return nil, err
	}
	s, over, err := signal.ParseOver(o.tailSignal)
	if err != nil {
		return nil, err
	}
	rows, err := run.Signals(o.path, s.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the run has not recorded %s: %w", s.Name, err)
	}
	if err != nil {
		return nil, err
	}
	labels, nan := labelsOf(im.trained), math.NaN()
	var curve []score.Tail
	var left []string
	for i := range rows {
		values := over.Of(rows[:i+1])
		for i := range values {
			values[i] *= float64(over.Tail)
		}
		t := score.Tail{Few: nan, Size: nan, Macro: nan}
		if slices.ContainsFunc(values, math.IsNaN) {
			left = append(left, strconv.Itoa(i+1))
		} else if t, err = score.TailDiscovery(values, labels, im.counts, im.groups); err != nil {
			return nil, fmt.Errorf("epoch %d: %w", i+1, err)
		}
		curve = append(curve, t)
	}
	file := quote.Name(run.File(o.path, run.SignalFile(s.Name)))
	if len(left) == len(rows) {
		return nil, fmt.Errorf("after no epoch all images have a value: %s has NaN", file)
	}
	if n := len(left); n > 0 {
		fmt.Fprintf(stderr, "%s: --tail-signal %s: after %d of %d epochs (%s to %s) some images have no value (NaN in %s): empty in the curve\n", name, o.tailSignal, n, len(rows), left[0], left[n-1], file)
	}
	return curve, nil
}

func labelsOf(ds dataset.Dataset) []int {
	labels := make([]int, ds.Len())
	for i := range labels {
		labels[i] = ds.Label(i)
	}
	return labels
}
