package eval_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/eval"
)

// A third of the classes each, by their share of the training split.
func ExampleByThirds() {
	groups, err := eval.ByThirds([]int{450, 4, 120, 30, 9, 60})
	if err != nil {
		fmt.Println(err)
		return
	}
	a := eval.Score([][]int64{{0, 2}, {2, 0}, {3, 5}, {5, 3}, {0, 1}, {4, 0}}, []int64{0, 2, 3, 3, 1, 4}, 6, groups)
	fmt.Printf("top-1 %.1f\n", a.Top1)
	for i, name := range eval.GroupNames {
		fmt.Printf("%s %v: %.0f\n", name, groups[i], a.Groups[i])
	}
	// Output:
	// top-1 66.7
	// Many [2 0]: 100
	// Medium [3 5]: 50
	// Few [1 4]: 50
}
