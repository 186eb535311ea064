package run_test

import (
	"fmt"
	"log"
	"os"

	"github.com/bcl-go/bcl/bcl/run"
)

// A run folder is written by training and can be read without libtorch.
func ExampleReadMetrics() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	d, err := run.Create(run.File(dir, "demo"), []byte("lr: 0.5\n"), []string{"bcl-train", "demo"}, run.Environment{})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	if err := d.Metric(run.Metrics{Epoch: 1, Step: 19, Loss: 4.5, LR: 0.5}); err != nil {
		log.Fatal(err)
	}
	metrics, err := run.ReadMetrics(d.Path)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range metrics {
		fmt.Printf("epoch %d: loss %.1f\n", m.Epoch, m.Loss)
	}
	// Output: epoch 1: loss 4.5
}
