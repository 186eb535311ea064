package eval

import (
	"errors"
	"io/fs"
	"os"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/run"
)

// tailCurve measures, for each epoch of a run, how well the memorisation weights
// found the samples of rare classes. It is nil where there is nothing to measure: a
// checkpoint without its run, other images than the run's, classes all of one size,
// samples without labels.
func (o *options) tailCurve(im *images) ([]eval.Tail, error) {
	if info, err := os.Stat(o.path); err != nil || !info.IsDir() {
		return nil, nil
	}
	rows, err := run.History(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	labels := labelsOf(im.trained)
	var curve []eval.Tail
	for _, row := range rows {
		if len(row) != len(labels) {
			return nil, nil
		}
		t, err := eval.TailDiscovery(memory.Weights(row), labels, im.counts, im.groups)
		if err != nil {
			return nil, nil // says that there are no ranks to compare, or no history of an epoch
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
