package fetch_test

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/dataset/fetch"
)

// Downloads, so it is compiled but not run.
func ExampleCIFAR() {
	path, err := fetch.CIFAR(context.Background(), "cifar100", "data", fetch.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	place, err := dataset.Open(path, dataset.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(place.Train.Len(), "images")
}
