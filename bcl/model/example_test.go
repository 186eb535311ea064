package model_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
)

// From pixels to features and projections.
func ExampleNewSimCLR() {
	err := torch.Do(func() error {
		net := model.NewSimCLR(model.Config{Arch: "resnet18", Stem: model.CIFARStem, Width: 16, Classes: 100})
		pixels := make([]uint8, 4*32*32*3) // four black images
		x := model.FromPixels(torch.FromSlice(pixels, 4, 32, 32, 3), torch.CPU)
		fmt.Println(net.Backbone.Forward(x).Shape(), net.Forward(x).Shape())
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output: [4 128] [4 128]
}
