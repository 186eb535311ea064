package bcleval

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
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
	switch {
	case why == nil:
	case o.tailFile != "":
		return nil, fmt.Errorf("--tail-curve: %w", why)
	case rows != nil:
		fmt.Fprintf(stderr, "%s: tail discovery by the memorisation weights is not measured: %s\n", name, quote.Text(why.Error()))
	}
	return curve, nil
}

// history returns the momentum losses of each epoch of the run; nil if o.path is not a
// run directory with a history.
func (o *options) history() ([][]float32, error) {
	if info, err := os.Stat(o.path); err != nil || !info.IsDir() || o.source.ours == nil {
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

// tailCurve measures, for each epoch of a run, how well the memorisation weights rank the
// samples of rare classes. It is an error if there is nothing to measure: other images
// than the run's, equal class sizes, an epoch without history.
func (o *options) tailCurve(rows [][]float32, im *images) (curve []score.Tail, err error) {
	if err := o.trainedOn(im.trained); err != nil {
		return nil, err
	}
	if im.groups.None() {
		return nil, errors.New("all classes have the same size")
	}
	labels := labelsOf(im.trained)
	for i, row := range rows {
		t, err := score.TailDiscovery(memory.Weights(row), labels, im.counts, im.groups)
		if err != nil {
			return nil, fmt.Errorf("epoch %d: %w", i+1, err)
		}
		curve = append(curve, t)
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
