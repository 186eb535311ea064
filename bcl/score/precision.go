package score

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// AveragePrecision is the area under the curve of precision and recall (AUPR) of scores for
// the positive samples, without interpolation, as scikit-learn's average_precision_score:
// the sum of precision times the rise of recall at each threshold. It is an error unless
// there is a positive sample.
func AveragePrecision(score []float64, positive []bool) (float64, error) {
	if len(score) != len(positive) {
		return 0, fmt.Errorf("%d scores of %d samples", len(score), len(positive))
	}
	order := make([]int, len(score))
	all := 0
	for i := range order {
		order[i] = i
		if positive[i] {
			all++
		}
	}
	if all == 0 {
		return 0, errors.New("no sample is positive")
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	area, right, before := 0., 0, 0
	for i, s := range order {
		if positive[s] {
			right++
		}
		if i+1 < len(order) && score[order[i+1]] == score[s] {
			continue // equal scores are one threshold
		}
		area += float64(right) / float64(i+1) * float64(right-before) / float64(all)
		before = right
	}
	return area, nil
}
