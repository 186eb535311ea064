package score

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Tail is how well a score, such as the memorisation weight, ranks the samples of rare
// classes, as BCL claims (Zhou et al. 2022, section 3). All are probabilities: 0.5 is
// chance, 1 is perfect.
type Tail struct {
	// Few is the area under the ROC curve of the samples of Few classes against all
	// others: the probability that a Few sample scores higher.
	Few float64 `json:"few_auc"`
	// Size is by the sizes of all classes: for two samples of classes of different sizes,
	// the probability that the one of the smaller class scores higher. Most such pairs
	// have a sample of the largest classes.
	Size float64 `json:"size_auc"`
	// Macro is the same where each pair of classes of different sizes counts once,
	// whatever their sizes. 0 in results of earlier versions, which do not have it.
	Macro float64 `json:"macro_auc"`
}

// TailDiscovery measures score, a number for each training sample, with the
// samples' labels, the sizes of the classes in the training split, and their
// groups. Equal scores count half.
func TailDiscovery(score []float64, labels []int, counts []int, g Groups) (Tail, error) {
	t, err := newTailMeasure(score, labels, counts, g)
	if err != nil {
		return Tail{}, err
	}
	return t.of(t.ordering, nil, nil), nil
}

// tailMeasure measures one score with several weights of samples and sizes of classes.
type tailMeasure struct {
	*ordering
	labels  []int
	few     []int // of each class: 1 in Few, else 0
	rarity  []int // of each class: its level by size, the smallest the highest
	levels  int
	members []float64 // samples of each class
}

func newTailMeasure(score []float64, labels []int, counts []int, g Groups) (*tailMeasure, error) {
	if len(score) != len(labels) {
		return nil, fmt.Errorf("%d scores of %d samples", len(score), len(labels))
	}
	t := &tailMeasure{labels: labels, few: make([]int, len(counts)), members: make([]float64, len(counts))}
	for i, c := range labels {
		if c < 0 || c >= len(counts) {
			return nil, fmt.Errorf("sample %d has class %d, expected 0 to %d", i, c, len(counts)-1)
		}
		if math.IsNaN(score[i]) {
			return nil, fmt.Errorf("the score of sample %d is NaN", i)
		}
		t.members[c]++
	}
	size := make([]int, len(counts))
	var few, all float64
	for c, n := range counts {
		size[c] = -n
		if slices.Contains(g[2], c) {
			t.few[c] = 1
			few += t.members[c]
		}
		all += t.members[c]
	}
	t.rarity, t.levels = levelsOf(size)
	seen := make(map[int]bool) // the levels that have samples
	for c, n := range t.members {
		if n > 0 {
			seen[t.rarity[c]] = true
		}
	}
	switch {
	case few == 0 || few == all:
		return nil, fmt.Errorf("tail discovery, Few against the others: %.0f of %.0f samples are of Few classes: nothing to compare", few, all)
	case len(seen) < 2:
		return nil, errors.New("tail discovery by class size: all samples are of classes of one size: nothing to compare")
	}
	t.ordering = newOrdering(score)
	return t, nil
}

// of measures the scores in an order. times is how often each sample counts, nil: once.
// Each class c has the size and the group of class dealt[c], nil: its own.
func (t *tailMeasure) of(o *ordering, times []float64, dealt []int) Tail {
	few, rarity := make([]int, len(t.labels)), make([]int, len(t.labels))
	macro := make([]float64, len(t.labels))
	for i, c := range t.labels {
		macro[i] = weightOf(times, i) / t.members[c]
		if dealt != nil {
			c = dealt[c]
		}
		few[i], rarity[i] = t.few[c], t.rarity[c]
	}
	return Tail{
		Few:   o.concordance(few, 2, times),
		Size:  o.concordance(rarity, t.levels, times),
		Macro: o.concordance(rarity, t.levels, macro),
	}
}
