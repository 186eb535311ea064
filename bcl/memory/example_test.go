package memory_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/memory"
)

// The sample whose loss stays high gets the weight 1: strong augmentation.
func Example() {
	m, err := memory.New(4, 0.97)
	if err != nil {
		panic(err)
	}
	m.Observe([]int{0, 1, 2, 3}, []float32{2.0, 2.2, 2.1, 5.1})
	fmt.Printf("first epoch: %.2f\n", m.Weight(3))
	if err := m.EndEpoch(); err != nil {
		panic(err)
	}
	for i := range m.Len() {
		fmt.Printf("sample %d: %.2f\n", i, m.Weight(i))
	}
	// Output:
	// first epoch: 0.00
	// sample 0: 0.31
	// sample 1: 0.36
	// sample 2: 0.33
	// sample 3: 1.00
}
