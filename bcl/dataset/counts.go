package dataset

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// LongTailCounts returns how many images the class of rank 0, 1, ... has: int(largest *
// (1/imbalance)^(r/(classes-1))), the formula that all ten published splits follow
// (largest 450 and 100 classes; 4500 and 10; imbalance 100).
func LongTailCounts(classes, largest int, imbalance float64) ([]int, error) {
	switch {
	case classes < 1:
		return nil, fmt.Errorf("a long tail of %d classes", classes)
	case largest < 1:
		return nil, fmt.Errorf("the largest class would have %d images, at least 1 is needed", largest)
	case !(imbalance >= 1) || math.IsInf(imbalance, 0):
		return nil, fmt.Errorf("imbalance factor %v, expected at least 1", imbalance)
	}
	counts := make([]int, classes)
	for r := range counts {
		v := float64(largest)
		if classes > 1 {
			v *= math.Pow(1/imbalance, float64(r)/float64(classes-1))
		}
		counts[r] = int(v + 1e-9) // an integer must not lose one to rounding
		if counts[r] == 0 {
			return nil, fmt.Errorf("the class of rank %d of %d would have no images (largest %d, imbalance factor %v)",
				r, classes, largest, imbalance)
		}
	}
	return counts, nil
}

// StepCounts returns how many images the class of rank 0, 1, ... has in a long tail with one
// step: the first half of the classes has the largest number each, the others that over the
// imbalance (Buda et al. 2018, arXiv 1710.05381).
func StepCounts(classes, largest int, imbalance float64) ([]int, error) {
	ends, err := LongTailCounts(min(classes, 2), largest, imbalance) // also checks
	if err != nil {
		return nil, err
	}
	counts := slices.Repeat(ends[:1], classes)
	for r := classes / 2; r < classes && classes > 1; r++ {
		counts[r] = ends[1]
	}
	return counts, nil
}

// DefaultLargest is nine tenths of the smallest class: 450 for CIFAR-100 and 4500 for
// CIFAR-10. The published splits hold out a tenth of each class.
func DefaultLargest(ds Dataset) int {
	counts, _ := Counts(ds)
	if len(counts) == 0 {
		return 0
	}
	return slices.Min(counts) * 9 / 10
}

// Group is a third of the classes by their frequency in the training split.
type Group int

// The groups, from the most frequent classes to the rarest.
const (
	NoGroup Group = iota - 1 // if all classes have the same size
	Many
	Medium
	Few
)

func (g Group) String() string { return [...]string{"-", "Many", "Medium", "Few"}[g+1] }

// Thirds returns the classes of each [Group], given their counts in the training split.
// Classes are sorted by count, ascending, ties by index, as the authors' argsort does; a
// third is Few, the next third Medium, and the rest Many: 34, 33 and 33 of 100 classes,
// 4, 3 and 3 of 10. All groups are empty if all counts are equal: split by index only,
// they would not reflect frequency.
func Thirds(counts []int) [3][]int {
	if !uneven(counts) {
		return [3][]int{{}, {}, {}} // not null in JSON
	}
	order := make([]int, len(counts))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	third := len(counts) / 3
	return [3][]int{Many: order[2*third:], Medium: order[third : 2*third], Few: order[:third]}
}

// uneven reports whether counts differ.
func uneven(counts []int) bool {
	return slices.ContainsFunc(counts, func(n int) bool { return n != counts[0] })
}

// Groups returns the group of each class, as in [Thirds].
func Groups(counts []int) []Group {
	groups := slices.Repeat([]Group{NoGroup}, len(counts))
	for g, classes := range Thirds(counts) {
		for _, c := range classes {
			groups[c] = Group(g)
		}
	}
	return groups
}
