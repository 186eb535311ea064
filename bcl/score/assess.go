package score

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bcl-go/bcl/bcl/rng"
)

// TailAssessment says how sure a [Tail] is, and what chance alone would give.
type TailAssessment struct {
	Resamples int      `json:"resamples"`
	Few       Estimate `json:"few_auc"`
	Size      Estimate `json:"size_auc"`
	Macro     Estimate `json:"macro_auc"`
}

// Estimate is one measure of a [Tail] with its interval and its controls.
type Estimate struct {
	Value float64 `json:"value"`
	// Interval is the 95 % interval of the percentile bootstrap. Samples are drawn within
	// their classes, so it says nothing of other classes.
	Interval [2]float64 `json:"interval"`
	// Samples is where the scores are dealt to other samples.
	Samples Null `json:"shuffled_samples"`
	// Classes is where the sizes are dealt to other classes, which keep their scores. It is
	// the control that counts: classes differ whatever their sizes, and with few classes
	// the rare ones often score higher by chance.
	Classes Null `json:"shuffled_class_sizes"`
}

// Null is what chance alone gives: the middle 95 % of the shuffled values, and the share of
// them that are as far out as the measured one, on both sides.
type Null struct {
	Range [2]float64 `json:"range"`
	P     float64    `json:"p"`
}

// Resamples is how often [AssessTail] draws and shuffles n samples: 1000 times, less often
// above 2,000 samples, and 100 times at least.
func Resamples(n int) int { return max(100, min(1000, 2_000_000/max(1, n))) }

// AssessTail is [TailDiscovery] with intervals and controls. The same seed gives the same
// result, whatever the number of cores.
func AssessTail(score []float64, labels []int, counts []int, g Groups, seed uint64) (*TailAssessment, error) {
	t, err := newTailMeasure(score, labels, counts, g)
	if err != nil {
		return nil, err
	}
	n := Resamples(len(score))
	members := make([][]int, len(counts)) // of each class
	for i, c := range labels {
		members[c] = append(members[c], i)
	}
	drawn, samples, classes := make([]Tail, n), make([]Tail, n), make([]Tail, n)
	parallel(n, func(k int) {
		drawn[k] = t.of(t.ordering, draw(members, len(labels), seed, k, streamDraw), nil)
		samples[k] = t.of(t.shuffled(seed, k), nil, nil)
		classes[k] = t.of(t.ordering, nil, permutation(len(counts), seed, k, streamClasses))
	})
	value := t.of(t.ordering, nil, nil)
	estimate := func(get func(Tail) float64) Estimate {
		each := func(of []Tail) []float64 {
			values := make([]float64, len(of))
			for i := range of {
				values[i] = get(of[i])
			}
			slices.Sort(values)
			return values
		}
		v := get(value)
		return Estimate{v, middle(each(drawn)), null(v, each(samples)), null(v, each(classes))}
	}
	return &TailAssessment{n,
		estimate(func(t Tail) float64 { return t.Few }),
		estimate(func(t Tail) float64 { return t.Size }),
		estimate(func(t Tail) float64 { return t.Macro })}, nil
}

// Streams of an assessment: purpose Resample, with the number of the draw as the epoch, and these
// as the view.
const (
	streamDraw uint8 = iota
	streamSamples
	streamClasses
	streamImages // of a test set
)

// draw is how often each sample is in draw k: as many samples of each class, with
// replacement.
func draw(members [][]int, n int, seed uint64, k int, stream uint8) []float64 {
	times := make([]float64, n)
	for c, of := range members {
		r := rng.New(seed, rng.Resample, uint32(k), uint32(c), stream)
		for range of {
			times[of[r.IntN(len(of))]]++
		}
	}
	return times
}

// shuffled is the ordering where the scores are dealt to other samples.
func (t *tailMeasure) shuffled(seed uint64, k int) *ordering {
	to := permutation(len(t.labels), seed, k, streamSamples)
	o := &ordering{make([]int, len(to)), t.ends}
	for at, i := range t.samples {
		o.samples[at] = to[i]
	}
	return o
}

func permutation(n int, seed uint64, k int, stream uint8) []int {
	p := make([]int, n)
	r := rng.New(seed, rng.Resample, uint32(k), 0, stream)
	r.Perm(p)
	return p
}

// parallel calls f with 0 to n-1 on all cores.
func parallel(n int, f func(k int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				f(k)
			}
		})
	}
	all.Wait()
}

// middle returns the 2.5 % and 97.5 % quantiles of sorted values.
func middle(sorted []float64) [2]float64 {
	return [2]float64{quantile(sorted, 0.025), quantile(sorted, 0.975)}
}

// quantile interpolates linearly, as NumPy does.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	lo := int(at)
	hi := min(lo+1, len(sorted)-1)
	return sorted[lo] + (at-float64(lo))*(sorted[hi]-sorted[lo])
}

// null compares v with sorted values of chance.
func null(v float64, sorted []float64) Null {
	above, below := 1.0, 1.0 // v itself, so that p is never 0
	for _, x := range sorted {
		if x >= v-1e-12 {
			above++
		}
		if x <= v+1e-12 {
			below++
		}
	}
	return Null{middle(sorted), math.Min(1, 2*math.Min(above, below)/float64(len(sorted)+1))}
}

// FirstEpochShare is the weight of the first epoch's losses in the momentum losses after
// some epochs: beta^(epochs-1). While it is large they tell mostly of the untrained network.
func FirstEpochShare(beta float64, epochs int) (float64, error) {
	if !(beta >= 0 && beta < 1) || epochs < 1 {
		return 0, fmt.Errorf("momentum %v over %d epochs, expected one in [0, 1) and at least one epoch", beta, epochs)
	}
	return math.Pow(beta, float64(epochs-1)), nil
}
