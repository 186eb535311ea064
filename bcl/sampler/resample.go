package sampler

import (
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Visits are samples in the order of an epoch, or a part of it.
type Visits struct {
	Samples []int
	Draws   []int // of each, how often the epoch had the sample before; nil: never
}

func (v Visits) part(lo, hi int) Visits {
	part := Visits{Samples: v.Samples[lo:hi]}
	if v.Draws != nil {
		part.Draws = v.Draws[lo:hi]
	}
	return part
}

// Expected returns how often an epoch of as many draws as there are samples has each of them,
// in expectation, if a sample of weight 1 is drawn ratio times as often as one of weight 0:
//
//	e_i = N ratio^(w_i) / sum_k ratio^(w_k)
//
// With weights by rank it is exponential ranking (Blickle and Thiele 1996: "A Comparison of
// Selection Schemes used in Evolutionary Algorithms", section 3.5).
func Expected(weights []float64, ratio float64) []float64 {
	out, sum := make([]float64, len(weights)), 0.0
	for i, w := range weights {
		out[i] = math.Pow(ratio, w)
		sum += out[i]
	}
	for i := range out {
		out[i] *= float64(len(out)) / sum
	}
	return out
}

// Resample returns the samples of an epoch of which sample i is expected e_i times, whose sum
// must be that of the samples. It is systematic: as many draws as there are samples, and each
// sample e_i times rounded up or down. A batch has a sample once, so that no sample is its own
// negative, unless it is drawn more often than there are batches. The order depends only on
// seed, epoch and expected.
func (s *Sampler) Resample(epoch int, expected []float64) (Visits, error) {
	if len(expected) != s.n {
		return Visits{}, fmt.Errorf("expected draws of %d samples, and there are %d", len(expected), s.n)
	}
	stream := rng.New(s.seed, rng.Draws, uint32(epoch), 0, 0)
	order := make([]int, s.n)
	stream.Perm(order) // samples beside each other in the set are drawn independently
	counts, err := systematic(order, expected, stream.Float64())
	if err != nil {
		return Visits{}, err
	}
	v := Visits{Samples: s.deal(order, counts, &stream), Draws: make([]int, s.n)}
	before := make([]int, s.n)
	for k, i := range v.Samples {
		v.Draws[k] = before[i]
		before[i]++
	}
	return v, nil
}

// systematic returns how often each sample is drawn (systematic sampling, Madow 1949): with
// expected draws added up in an order, as often as its interval has a number u + integer.
func systematic(order []int, expected []float64, u float64) ([]int, error) {
	total := 0.0
	for _, e := range expected {
		if !(e >= 0) || math.IsInf(e, 1) {
			return nil, fmt.Errorf("expected draws %v of a sample", e)
		}
		total += e
	}
	n := float64(len(expected))
	if math.Abs(total-n) > 1e-6*n {
		return nil, fmt.Errorf("expected draws of %v in all, of %d samples", total, len(expected))
	}
	counts := make([]int, len(expected))
	sum, drawn := 0.0, 0
	for k, i := range order {
		sum += expected[i]
		upTo := int(math.Floor(float64(sum*(n/total)) + u))
		if k == len(order)-1 {
			upTo = len(order) // whatever was lost in adding up
		}
		counts[i], drawn = max(0, upTo-drawn), max(drawn, upTo)
	}
	return counts, nil
}

// deal distributes draws to the batches of an epoch: those of a sample go to batches that
// follow one another in a random round of all that have room.
func (s *Sampler) deal(order, counts []int, stream *rng.Stream) []int {
	round := make([]int, s.Batches())
	stream.Perm(round)
	out := make([]int, s.n)
	next, end := make([]int, len(round)), make([]int, len(round)) // of each batch, its places
	for b := range round {
		next[b], end[b] = s.bounds(b)
	}
	at := 0
	for _, i := range order {
		for range counts[i] {
			for next[round[at]] == end[round[at]] {
				at = (at + 1) % len(round)
			}
			b := round[at]
			out[next[b]] = i
			next[b]++
			at = (at + 1) % len(round)
		}
	}
	return out
}
