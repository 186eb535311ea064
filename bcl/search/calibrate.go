package search

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Match says from which similarity on the nearest neighbour counts as a match, and what
// that gave on the queries that it was calibrated on.
type Match struct {
	Threshold float32 `json:"threshold"`
	Precision float64 `json:"precision"` // of the matches, share that is right
	Recall    float64 `json:"recall"`    // of the queries, share with a right match
	F1        float64 `json:"f1"`
	Queries   int     `json:"queries"`
}

// Answer is the nearest neighbour of a query whose class is known.
type Answer struct {
	Similarity float32
	Right      bool // it has the class of the query
}

// Calibrate returns the threshold of held-out queries, as TensorFlow Similarity's
// calibration does: the one with the largest F1, or with a precision above 0 the lowest
// that has at least that precision and so the largest recall. A precision that no threshold
// has is an error.
func Calibrate(answers []Answer, precision float64) (Match, error) {
	if len(answers) == 0 {
		return Match{}, errors.New("no queries to calibrate on")
	}
	if !(precision >= 0 && precision <= 1) {
		return Match{}, fmt.Errorf("a precision of %v, expected 0 to 1", precision)
	}
	sorted := slices.SortedFunc(slices.Values(answers), func(a, b Answer) int { return cmp.Compare(b.Similarity, a.Similarity) })
	var chosen, mostPrecise Match
	right := 0
	for i, a := range sorted {
		if a.Right {
			right++
		}
		if i+1 < len(sorted) && sorted[i+1].Similarity == a.Similarity {
			continue // a threshold takes all that are equal
		}
		m := Match{Threshold: a.Similarity, Precision: float64(right) / float64(i+1), Recall: float64(right) / float64(len(sorted)), Queries: len(sorted)}
		if right > 0 {
			m.F1 = 2 * m.Precision * m.Recall / (m.Precision + m.Recall)
		}
		if m.Precision > mostPrecise.Precision {
			mostPrecise = m
		}
		better := m.F1 > chosen.F1
		if precision > 0 {
			better = m.Precision >= precision && m.Recall > chosen.Recall
		}
		if better {
			chosen = m
		}
	}
	if chosen.Queries == 0 {
		return Match{}, fmt.Errorf("no threshold has a precision of %.4g on these %d queries: the most is %.4g", precision, len(sorted), mostPrecise.Precision)
	}
	return chosen, nil
}
