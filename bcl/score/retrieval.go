package score

import (
	"fmt"
	"slices"
)

// Retrieval is how good the first K neighbours of queries are, in percent, means over
// queries: a neighbour is right if it has the class of the query.
type Retrieval struct {
	Queries   int     `json:"queries"`
	Recall    Percent `json:"recall_at_k"`    // R@k: queries with a right one among the first k
	Precision Percent `json:"precision_at_k"` // P@k: of the first k, those that are right
	// MAP is mAP@k: for each right one at i the precision of the first i, summed and divided
	// by the right ones that there could be, min(k, items of the class).
	MAP Percent `json:"map_at_k"`
}

// Retrieve measures neighbours, nearest first, by their classes; relevant is how many items
// of the query's class the index has. Queries whose class it lacks do not count. K is at
// least 1, and missing neighbours are wrong. Without queries that count all is [None].
func Retrieve(class []string, found [][]string, relevant map[string]int, k int) (r Retrieval, err error) {
	if k < 1 || len(class) != len(found) {
		return r, fmt.Errorf("%d neighbours of %d queries with %d classes: expected at least 1, and as many", k, len(found), len(class))
	}
	var recall, precision, average float64
	for i, c := range class {
		n := min(k, relevant[c])
		if n == 0 || c == "" {
			continue
		}
		r.Queries++
		right, sum := 0, 0.
		for j, f := range found[i][:min(k, len(found[i]))] {
			if f == c {
				right++
				sum += float64(right) / float64(j+1)
			}
		}
		if right > 0 {
			recall++
		}
		precision += float64(right) / float64(k)
		average += sum / float64(n)
	}
	if r.Queries == 0 {
		return Retrieval{0, None(), None(), None()}, nil
	}
	of := func(v float64) Percent { return Percent(100 * v / float64(r.Queries)) }
	r.Recall, r.Precision, r.MAP = of(recall), of(precision), of(average)
	return r, nil
}

// RetrieveGroups is [Retrieve] of all queries and of those of the classes of each group.
func RetrieveGroups(class []string, found [][]string, relevant map[string]int, k int, groups [3][]string) (all Retrieval, by [3]Retrieval, err error) {
	if all, err = Retrieve(class, found, relevant, k); err != nil {
		return all, by, err
	}
	for g, names := range groups {
		var c []string
		var f [][]string
		for i := range class {
			if slices.Contains(names, class[i]) {
				c, f = append(c, class[i]), append(f, found[i])
			}
		}
		if by[g], err = Retrieve(c, f, relevant, k); err != nil {
			return all, by, err
		}
	}
	return all, by, nil
}
