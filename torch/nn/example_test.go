package nn_test

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// The names of a network are PyTorch's.
func ExampleStateDict() {
	torch.Do(func() error {
		for _, n := range nn.StateDict(nn.NewSequential(nn.NewConv2d(3, 8, 3, 1, 1), nn.NewBatchNorm(8))) {
			fmt.Println(n.Name, n.Tensor.Shape(), n.Tensor.DType())
		}
		return nil
	})
	// Output:
	// 0.weight [8 3 3 3] float32
	// 1.weight [8] float32
	// 1.bias [8] float32
	// 1.running_mean [8] float32
	// 1.running_var [8] float32
	// 1.num_batches_tracked [] int64
}
