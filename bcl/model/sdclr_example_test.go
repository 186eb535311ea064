package model_test

import (
	"fmt"
	"log"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
)

// The two branches of a network: the full one, and the one with nine tenths of the
// weights pruned.
func ExampleSDCLR() {
	err := torch.Do(func() error {
		net := model.NewSDCLR(model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 10})
		if err := net.Prune(model.Pruning{Share: 0.9}, 1, 1); err != nil {
			return err
		}
		kept, all := 0.0, int64(0)
		for _, m := range net.Masks() {
			kept += torch.Item[float64](m.Tensor.Sum())
			all += m.Tensor.Numel()
		}
		views := torch.Rand([]int64{8, 3, 32, 32})
		fmt.Println(net.Forward(views).Shape(), net.ForwardPruned(views).Shape())
		fmt.Printf("%v of %d weights\n", kept, all)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// [8 128] [8 128]
	// 1921 of 19212 weights
}
