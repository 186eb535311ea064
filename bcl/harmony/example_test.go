package harmony_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/torch"
)

// Four directions in space point to the corners of a tetrahedron.
func ExampleSimplex() {
	w := harmony.Simplex(4, 3, 1)
	for other := range 4 {
		cosine := 0.0
		for d := range 3 {
			cosine += w[d] * w[3*other+d]
		}
		fmt.Printf("%.3f\n", cosine)
	}
	// Output:
	// 1.000
	// -0.333
	// -0.333
	// -0.333
}

// Three samples point to one class. As it has only a third of the population, the two
// less certain ones get labels of other classes.
func ExampleSinkhorn() {
	err := torch.Do(func() error {
		logits := torch.FromSlice([]float32{0.9, 0.1, -0.2, 0.6, 0.5, 0, 0.6, 0, 0.5}, 3, 3)
		q := torch.Slice[float32](harmony.Sinkhorn(logits, torch.FromSlice([]float32{1, 1, 1}), 300))
		for i := range 3 {
			fmt.Printf("%.2f\n", q[3*i:3*i+3])
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// [1.00 0.00 0.00]
	// [0.00 1.00 0.00]
	// [0.00 0.00 1.00]
}

// The recipe for CIFAR-100-LT in a run of 1,000 epochs.
func ExampleConfig() {
	c := harmony.Published()
	fmt.Println(c.Classes, "classes from epoch", c.First(1000))
	c.Classes = 200
	fmt.Println(c.Check(128, 1000, 10))
	// Output:
	// 100 classes from epoch 501
	// Classes is 200, expected 3 to 129: more directions cannot be equally far apart in 128 dimensions, and with 2 the logits are signs, without a gradient
}
