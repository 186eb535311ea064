package tfevents_test

import (
	"fmt"
	"os"

	"github.com/bcl-go/bcl/bcl/tfevents"
)

// A file that "tensorboard --logdir DIR" shows.
func Example() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	w, created, err := tfevents.Open(dir, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	for epoch := int64(1); epoch <= 3; epoch++ {
		if err := w.Scalar(epoch, "train/loss", 1/float64(epoch)); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(created, tfevents.IsFile("events.out.tfevents.1.host.2.bcl"))
	// Output: true true
}
