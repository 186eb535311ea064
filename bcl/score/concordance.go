package score

import (
	"cmp"
	"fmt"
	"slices"
)

// AUC is the area under the ROC curve: the probability that a positive scores higher than
// a negative, where equal scores count half (Hanley and McNeil 1982).
func AUC(score []float64, positive []bool) (float64, error) {
	rank := make([]int, len(positive))
	for i, p := range positive {
		if p {
			rank[i] = 1
		}
	}
	return Concordance(score, rank)
}

// Concordance is the probability that, of two samples of different rank, the one of
// higher rank scores higher; equal scores count half. With two ranks it is the [AUC]. It
// is an error if all ranks are equal. It takes n log n steps.
func Concordance(score []float64, rank []int) (float64, error) {
	if len(score) != len(rank) {
		return 0, fmt.Errorf("%d scores of %d samples", len(score), len(rank))
	}
	level, levels := levelsOf(rank)
	if levels < 2 {
		return 0, fmt.Errorf("%d samples of one rank: nothing to compare", len(rank))
	}
	return newOrdering(score).concordance(level, levels, nil), nil
}

// levelsOf numbers the different values of rank from 0, lowest first.
func levelsOf(rank []int) (level []int, levels int) {
	values := slices.Compact(slices.Sorted(slices.Values(rank)))
	level = make([]int, len(rank))
	for i, r := range rank {
		level[i], _ = slices.BinarySearch(values, r)
	}
	return level, len(values)
}

// ordering is the samples by their scores, so that several concordances of the same scores
// sort once.
type ordering struct {
	samples []int // lowest score first
	ends    []int // where each run of equal scores ends in samples
}

func newOrdering(score []float64) *ordering {
	o := &ordering{samples: make([]int, len(score))}
	for i := range o.samples {
		o.samples[i] = i
	}
	slices.SortFunc(o.samples, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
	for k, i := range o.samples {
		if k+1 == len(score) || score[o.samples[k+1]] != score[i] {
			o.ends = append(o.ends, k+1)
		}
	}
	return o
}

// concordance is [Concordance] where a pair counts the product of its samples' weights;
// nil: each counts 1. Levels are below levels. With weights that are integers, sums are
// exact below 2^53.
func (o *ordering) concordance(level []int, levels int, weight []float64) float64 {
	below := make(prefixSums, levels+1) // the weight of the samples passed, by level
	size := make([]float64, levels)
	tied := make([]float64, levels)
	var right, ties, total float64
	lo := 0
	for _, hi := range o.ends {
		for _, i := range o.samples[lo:hi] {
			if w := weightOf(weight, i); w > 0 {
				right += w * below.sum(level[i])
				tied[level[i]] += w
			}
		}
		var all, same float64 // of the pairs of equal score
		for _, i := range o.samples[lo:hi] {
			if w := tied[level[i]]; w > 0 {
				tied[level[i]] = 0
				all += w
				same += w * w
				below.add(level[i], w)
				size[level[i]] += w
			}
		}
		ties += (all*all - same) / 2
		total += all
		lo = hi
	}
	pairs := total * total
	for _, w := range size {
		pairs -= w * w
	}
	return (right + ties/2) / (pairs / 2)
}

func weightOf(weight []float64, i int) float64 {
	if weight == nil {
		return 1
	}
	return weight[i]
}

// prefixSums is a Fenwick tree: weights by level and their sums below a level.
type prefixSums []float64

func (p prefixSums) add(level int, w float64) {
	for i := level + 1; i < len(p); i += i & -i {
		p[i] += w
	}
}

// sum adds the levels below level.
func (p prefixSums) sum(level int) (w float64) {
	for i := level; i > 0; i -= i & -i {
		w += p[i]
	}
	return w
}
