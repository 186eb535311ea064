package dataset_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
)

func ExampleOpen() {
	place, err := dataset.Open("embedded", dataset.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	counts, _ := dataset.Counts(place.Train)
	fmt.Println(place.Train.Classes())
	fmt.Println(counts)
	// Output:
	// [stripes waves checker bricks grid dots rings crosses triangles blobs]
	// [77 359 16 215 27 10 600 46 129 6]
}
