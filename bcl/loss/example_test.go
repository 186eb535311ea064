package loss_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/torch"
)

// The views of samples 0 and 1 are similar, those of sample 2 are not.
func ExampleNTXent() {
	err := torch.Do(func() error {
		z1 := torch.FromSlice([]float32{1, 0, 0, 1, -1, 0}, 3, 2)
		z2 := torch.FromSlice([]float32{1, 0, 0, 1, 1, 1}, 3, 2)
		for i, l := range torch.Slice[float32](loss.NTXent(z1, z2, 0.2)) {
			fmt.Printf("sample %d: %.2f\n", i, l)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// sample 0: 0.22
	// sample 1: 0.22
	// sample 2: 6.35
}
