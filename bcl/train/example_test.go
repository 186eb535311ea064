package train_test

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// Two epochs of BCL-I on a few embedded images.
func Example() {
	place, _ := dataset.Open(dataset.Embedded, dataset.Options{})
	images, _ := dataset.Subset(place.Train, []int{0, 100, 200, 300, 400, 500, 600, 700})
	c := train.Default(method.BCLI)
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 100}
	c.Epochs, c.Warmup, c.Batch, c.LR = 2, 1, 8, 0.1
	recipe := augment.CIFAR(32).With(augment.Boost{K: c.Method.Traits().RandK, R: augment.MaxMagnitude})
	err := torch.Do(func() error {
		t, err := train.New(c, encoder, views.Images(images, recipe, c.Seed), torch.CPU)
		if err != nil {
			return err
		}
		for !t.Done() {
			r, err := t.RunEpoch(context.Background())
			if err != nil {
				return err
			}
			fmt.Printf("epoch %d: the largest weight of the next is %v\n", r.Epoch, r.Weights[4])
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// epoch 1: the largest weight of the next is 1
	// epoch 2: the largest weight of the next is 1
}
