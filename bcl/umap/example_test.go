package umap_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/umap"
)

// Two groups of points stay apart.
func Example() {
	var x []float32
	for i := range 40 {
		x = append(x, float32(i%7), float32(i%5), float32(100*(i%2)))
	}
	k, err := umap.Neighbours(x, 3, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	start, _, _ := umap.PCA(x, 3)
	y, err := umap.Layout(k, start, umap.Options{Seed: 1})
	fmt.Println(len(y), err)
	// Output: 80 <nil>
}
