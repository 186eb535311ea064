package score

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Paired is the mean of the differences of pairs, such as the accuracies of two methods with
// the same seed on the same images.
type Paired struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean"`
	// Std is the deviation of the differences (ddof 1), and Interval the 95 % interval of
	// their mean by Student's t; nil for one pair.
	Std      *float64    `json:"std"`
	Interval *[2]float64 `json:"interval"`
	P        *float64    `json:"p"`    // of no difference, on both sides; nil for one pair
	Wins     int         `json:"wins"` // pairs with a difference above 0
}

// Pairs summarises differences. Without any it is an error.
func Pairs(differences []float64) (Paired, error) {
	p := Paired{N: len(differences)}
	if p.N == 0 {
		return p, fmt.Errorf("no pairs")
	}
	for _, d := range differences {
		p.Mean += d / float64(p.N)
		if d > 0 {
			p.Wins++
		}
	}
	if p.N == 1 {
		return p, nil
	}
	square := 0.0
	for _, d := range differences {
		square += (d - p.Mean) * (d - p.Mean)
	}
	std := math.Sqrt(square / float64(p.N-1))
	se := std / math.Sqrt(float64(p.N))
	half := studentQuantile(0.975, p.N-1) * se
	value := 1.0
	if p.Mean != 0 {
		value = twoSided(p.Mean/se, p.N-1)
	}
	p.Std, p.Interval, p.P = &std, &[2]float64{p.Mean - half, p.Mean + half}, &value
	return p, nil
}

// Holm adjusts p-values for their number (Holm 1979, A simple sequentially rejective
// multiple test procedure): all that stay below 0.05 hold together with an error of 5 %.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted, largest := make([]float64, len(p)), 0.0
	for k, i := range order {
		largest = max(largest, min(1, p[i]*float64(len(p)-k)))
		adjusted[i] = largest
	}
	return adjusted
}
