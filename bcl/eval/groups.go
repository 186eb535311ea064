package eval

import (
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// Groups are the classes of each third by size of the training split: Many,
// Medium, Few. A class count that three does not divide leaves the larger share
// to Many (34/33/33 of 100 classes, 4/3/3 of 10), as in the paper.
type Groups [3][]int

// GroupNames are the names of the groups in order.
var GroupNames = [3]string{dataset.Many.String(), dataset.Medium.String(), dataset.Few.String()}

// ByThirds groups classes by their counts in the training split ([dataset.Thirds]).
func ByThirds(counts []int) (Groups, error) {
	if len(counts) < 3 {
		return Groups{}, fmt.Errorf("%d classes cannot be split into Many, Medium and Few", len(counts))
	}
	return dataset.Thirds(counts), nil
}

// Accuracy is what a classifier got right, in percent.
type Accuracy struct {
	Top1     float64    `json:"top1"`
	Top5     float64    `json:"top5"`
	Groups   [3]float64 `json:"groups"`    // Many, Medium, Few: means of their classes' top-1, of those with images
	Std      float64    `json:"std"`       // over the three groups (ddof 0): balancedness, lower is fairer
	PerClass []float64  `json:"per_class"` // top-1
}

// Score compares predictions, classes best first, with the truth.
func Score(top [][]int64, y []int64, classes int, g Groups) Accuracy {
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
	a.Top1 *= 100 / float64(len(y))
	a.Top5 *= 100 / float64(len(y))
	a.PerClass = make([]float64, classes)
	for c := range a.PerClass {
		if all[c] > 0 {
			a.PerClass[c] = 100 * right[c] / all[c]
		}
	}
	mean := 0.0
	for i, group := range g {
		tested := 0.0
		for _, c := range group {
			if all[c] > 0 {
				a.Groups[i] += a.PerClass[c]
				tested++
			}
		}
		if tested > 0 {
			a.Groups[i] /= tested
		}
		mean += a.Groups[i] / 3
	}
	for _, v := range a.Groups {
		a.Std += (v - mean) * (v - mean) / 3
	}
	a.Std = math.Sqrt(a.Std)
	return a
}
