package score

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Tail is how well a score, such as the memorisation weight, ranks the samples of rare
// classes, as BCL claims (Zhou et al. 2022, section 3). Both are probabilities: 0.5 is
// chance, 1 is perfect.
type Tail struct {
	// Few is the area under the ROC curve of the samples of Few classes against all
	// others: the probability that a Few sample scores higher.
	Few float64 `json:"few_auc"`
	// Size is by the sizes of all classes: for two samples of classes of different sizes,
	// the probability that the one of the smaller class scores higher.
	Size float64 `json:"size_auc"`
}

// TailDiscovery measures score, a number for each training sample, with the
// samples' labels, the sizes of the classes in the training split, and their
// groups. Equal scores count half.
func TailDiscovery(score []float64, labels []int, counts []int, g Groups) (Tail, error) {
	if len(score) != len(labels) {
		return Tail{}, fmt.Errorf("%d scores of %d samples", len(score), len(labels))
	}
	few := make([]bool, len(labels))
	rarity := make([]int, len(labels))
	for i, c := range labels {
		if c < 0 || c >= len(counts) {
			return Tail{}, fmt.Errorf("sample %d has class %d, expected 0 to %d", i, c, len(counts)-1)
		}
		if math.IsNaN(score[i]) {
			return Tail{}, fmt.Errorf("the score of sample %d is NaN", i)
		}
		few[i] = slices.Contains(g[2], c)
		rarity[i] = -counts[c]
	}
	var t Tail
	var err error
	if t.Few, err = AUC(score, few); err != nil {
		return Tail{}, fmt.Errorf("tail discovery, Few against the others: %w", err)
	}
	if t.Size, err = Concordance(score, rarity); err != nil {
		return Tail{}, fmt.Errorf("tail discovery by class size: %w", err)
	}
	return t, nil
}

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
	levels := slices.Compact(slices.Sorted(slices.Values(rank)))
	if len(levels) < 2 {
		return 0, fmt.Errorf("%d samples of one rank: nothing to compare", len(rank))
	}
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[a], score[b]) })
	// Samples are added by score, lowest first; below counts those of each level.
	below := make(prefixSums, len(levels)+1)
	level := func(i int) int { l, _ := slices.BinarySearch(levels, rank[i]); return l }
	var right, ties float64
	for lo := 0; lo < len(order); {
		hi := lo
		for hi < len(order) && score[order[hi]] == score[order[lo]] {
			hi++
		}
		tied := make(map[int]int)
		for _, i := range order[lo:hi] {
			right += float64(below.sum(level(i)))
			tied[level(i)]++
		}
		same, n := 0, hi-lo
		for l, k := range tied {
			same += k * k
			below.add(l, k)
		}
		ties += float64(n*n-same) / 2 // pairs of equal score and different rank
		lo = hi
	}
	size := make([]float64, len(levels))
	for i := range rank {
		size[level(i)]++
	}
	pairs := float64(len(rank)) * float64(len(rank))
	for _, k := range size {
		pairs -= k * k
	}
	return (right + ties/2) / (pairs / 2), nil
}

// prefixSums is a Fenwick tree: counts by level and their sums below a level.
type prefixSums []int

func (p prefixSums) add(level, n int) {
	for i := level + 1; i < len(p); i += i & -i {
		p[i] += n
	}
}

// sum counts the levels below level.
func (p prefixSums) sum(level int) (n int) {
	for i := level; i > 0; i -= i & -i {
		n += p[i]
	}
	return n
}
