package score_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/score"
)

// A third of the classes each, by their share of the training split.
func ExampleByThirds() {
	groups, err := score.ByThirds([]int{450, 4, 120, 30, 9, 60})
	if err != nil {
		fmt.Println(err)
		return
	}
	a := score.Of([][]int64{{0, 2}, {2, 0}, {3, 5}, {5, 3}, {0, 1}, {4, 0}}, []int64{0, 2, 3, 3, 1, 4}, 6, groups)
	fmt.Printf("top-1 %.1f\n", a.Top1)
	for i, name := range score.GroupNames {
		fmt.Printf("%s %v: %.0f\n", name, groups[i], a.Groups[i])
	}
	// Output:
	// top-1 66.7
	// Many [2 0]: 100
	// Medium [3 5]: 50
	// Few [1 4]: 50
}
