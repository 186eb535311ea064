package score

import (
	"math"
	"slices"
)

// Accuracy is the accuracy of a classifier, in percent.
type Accuracy struct {
	Top1     float64    `json:"top1"`
	Top5     float64    `json:"top5"`
	Groups   [3]Percent `json:"groups"`    // Many, Medium, Few: means of their classes' top-1, over classes with images
	Std      Percent    `json:"std"`       // over the groups with images (ddof 0): balancedness, lower is fairer; None for fewer than two
	PerClass []Percent  `json:"per_class"` // top-1

	// Over the classes with test images: the standard deviation of their top-1 (ddof 0), the
	// mean of the worst third of them (at least one), and the harmonic mean, which one class
	// that is never right makes 0. They do not depend on groups.
	ClassStd   Percent `json:"class_std"`
	WorstThird Percent `json:"worst_third"`
	Harmonic   Percent `json:"harmonic_mean"`
}

// Of compares predictions, classes best first, with the truth.
func Of(top [][]int64, y []int64, classes int, g Groups) Accuracy {
	right, all := make([]float64, classes), make([]float64, classes)
	var a Accuracy
	for i, want := range y {
		all[want]++
		if top[i][0] == want {
			right[want]++
			a.Top1++
		}
		if slices.Contains(top[i], want) {
			a.Top5++
		}
	}
	a.Top1 = 100 * a.Top1 / float64(len(y)) // this order makes all correct exactly 100
	a.Top5 = 100 * a.Top5 / float64(len(y))
	a.PerClass = make([]Percent, classes)
	for c := range a.PerClass {
		a.PerClass[c] = None()
		if all[c] > 0 {
			a.PerClass[c] = Percent(100 * right[c] / all[c])
		}
	}
	a.overGroups(g)
	a.overClasses()
	return a
}

// overGroups sets the measures over groups from the accuracies of the classes.
func (a *Accuracy) overGroups(g Groups) {
	for i, group := range g {
		members := make([]Percent, len(group))
		for k, c := range group {
			members[k] = a.PerClass[c]
		}
		a.Groups[i] = average(members)
	}
	a.Std = balance(a.Groups)
}

// balance is the deviation over the groups, None for fewer than two.
func balance(groups [3]Percent) Percent {
	known := 0
	for _, g := range groups {
		if g.Known() {
			known++
		}
	}
	if known < 2 {
		return None()
	}
	return Percent(deviation(groups[:], 0))
}

// average is the mean of the known values, None without any.
func average(values []Percent) Percent {
	sum, n := 0.0, 0.0
	for _, v := range values {
		if v.Known() {
			sum += float64(v)
			n++
		}
	}
	if n == 0 {
		return None()
	}
	return Percent(sum / n)
}

// deviation is the standard deviation of the known values, with n - ddof in the
// denominator; 0 if that leaves nothing to divide by.
func deviation(values []Percent, ddof float64) float64 {
	m, sum, n := float64(average(values)), 0.0, 0.0
	for _, v := range values {
		if v.Known() {
			sum += (float64(v) - m) * (float64(v) - m)
			n++
		}
	}
	if n <= ddof {
		return 0
	}
	return math.Sqrt(sum / (n - ddof))
}
