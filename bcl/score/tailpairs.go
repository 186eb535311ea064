package score

import (
	"errors"
	"slices"
)

// TailDifference is how much better one score than another ranks the samples of rare classes,
// by one measure of [Tail].
type TailDifference struct {
	Measure    string  `json:"measure"` // few_auc, size_auc, macro_auc
	Baseline   float64 `json:"baseline"`
	Value      float64 `json:"value"`
	Difference float64 `json:"difference"`
	// Interval is the 95 % interval of the paired bootstrap: both rank the same draws, of as
	// many samples of each class, as in [AssessTail].
	Interval [2]float64 `json:"interval"`
}

// CompareTails is the difference of [TailDiscovery] between two scores of the same samples.
// The same seed gives the same result.
func CompareTails(baseline, other []float64, labels []int, counts []int, g Groups, seed uint64) ([]TailDifference, error) {
	a, errA := newTailMeasure(baseline, labels, counts, g)
	b, errB := newTailMeasure(other, labels, counts, g)
	if err := errors.Join(errA, errB); err != nil {
		return nil, err
	}
	members := make([][]int, len(counts))
	for i, c := range labels {
		members[c] = append(members[c], i)
	}
	drawn := make([][2]Tail, Resamples(len(labels)))
	parallel(len(drawn), func(k int) {
		times := draw(members, len(labels), seed, k, streamDraw)
		drawn[k] = [2]Tail{a.of(a.ordering, times, nil), b.of(b.ordering, times, nil)}
	})
	from, to := a.of(a.ordering, nil, nil), b.of(b.ordering, nil, nil)
	var list []TailDifference
	for _, m := range []struct {
		name string
		of   func(Tail) float64
	}{
		{"few_auc", func(t Tail) float64 { return t.Few }},
		{"size_auc", func(t Tail) float64 { return t.Size }},
		{"macro_auc", func(t Tail) float64 { return t.Macro }},
	} {
		values := make([]float64, len(drawn))
		for k, of := range drawn {
			values[k] = m.of(of[1]) - m.of(of[0])
		}
		slices.Sort(values)
		list = append(list, TailDifference{m.name, m.of(from), m.of(to), m.of(to) - m.of(from), middle(values)})
	}
	return list, nil
}
