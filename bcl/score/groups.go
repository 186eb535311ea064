package score

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// Groups are the classes of each group by size in the training split: Many,
// Medium, Few. A group may be empty.
type Groups [3][]int

// GroupNames are the names of the groups in order.
var GroupNames = [3]string{dataset.Many.String(), dataset.Medium.String(), dataset.Few.String()}

// GroupRule is how classes are grouped.
type GroupRule string

// The rules.
const (
	Thirds      GroupRule = "thirds" // [ByThirds]
	CountLimits GroupRule = "counts" // [ByCounts]
)

// GroupRules returns the rules.
func GroupRules() []GroupRule { return []GroupRule{Thirds, CountLimits} }

// Groups groups classes by their counts in the training split.
func (r GroupRule) Groups(counts []int) (Groups, error) {
	switch r {
	case Thirds:
		return ByThirds(counts)
	case CountLimits:
		return ByCounts(counts), nil
	}
	return Groups{}, fmt.Errorf("rule of groups %q is not %s or %s", r, Thirds, CountLimits)
}

// ByThirds makes groups of a third of the classes each ([dataset.Thirds]), the rule of
// the published numbers for CIFAR. If the number of classes is not a multiple of three,
// Many has the rest (34/33/33 of 100 classes, 4/3/3 of 10; both of two). If all classes
// have the same size there are no groups: all three are empty. Without classes it is an
// error.
func ByThirds(counts []int) (Groups, error) {
	if len(counts) == 0 {
		return Groups{}, errors.New("no classes: nothing to split into Many, Medium and Few")
	}
	return dataset.Thirds(counts), nil
}

// Limits of [ByCounts]: images of a class in the training split.
const (
	ManyAbove = 100
	FewBelow  = 20
)

// ByCounts is the rule of ImageNet-LT and Places-LT (Liu et al., CVPR 2019, arXiv
// 1904.05160): Many has more than 100 images, Few fewer than 20.
func ByCounts(counts []int) Groups {
	g := Groups{{}, {}, {}} // not null in JSON
	for c, n := range counts {
		group := dataset.Medium
		switch {
		case n > ManyAbove:
			group = dataset.Many
		case n < FewBelow:
			group = dataset.Few
		}
		g[group] = append(g[group], c)
	}
	return g
}

// None reports whether no class is in any group.
func (g Groups) None() bool { return len(g[0])+len(g[1])+len(g[2]) == 0 }

// Of returns the name of the group of a class, "-" if it has none.
func (g Groups) Of(class int) string {
	for i, group := range g {
		if slices.Contains(group, class) {
			return GroupNames[i]
		}
	}
	return "-"
}
