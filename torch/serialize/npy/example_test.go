package npy_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/bcl-go/bcl/torch/serialize/npy"
)

func Example() {
	var file bytes.Buffer
	if err := npy.Write(&file, npy.FromInt64s([]int64{7, 3, 42})); err != nil {
		log.Fatal(err)
	}
	a, err := npy.Read(&file)
	if err != nil {
		log.Fatal(err)
	}
	indices, err := a.Int64s()
	fmt.Println(a.DType, a.Shape, indices, err)
	// Output: int64 [3] [7 3 42] <nil>
}
