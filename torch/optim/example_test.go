package optim_test

import (
	"fmt"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// A layer learns to add.
func Example() {
	torch.Do(func() error {
		torch.ManualSeed(1)
		layer := nn.NewLinear(2, 1, true)
		o := optim.NewSGD(nn.Parameters(layer), 0.1, 0.9, 0)
		x := torch.FromSlice([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
		y := x.SumDim([]int64{1}, true)
		for range 300 {
			err := torch.Do(func() error {
				o.ZeroGrad()
				torch.MSELoss(layer.Forward(x), y, torch.ReduceMean).Backward()
				o.Step()
				return nil
			})
			if err != nil {
				return err
			}
		}
		fmt.Printf("2 + 3 = %.2f\n", torch.Item[float64](layer.Forward(torch.FromSlice([]float32{2, 3}, 1, 2))))
		return nil
	})
	// Output: 2 + 3 = 5.00
}
