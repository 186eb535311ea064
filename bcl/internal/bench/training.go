package main

import (
	"context"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
)

// training runs epochs of four batches of SimCLR on embedded images, views and all, and
// returns views per second.
func training(arch string, width, batch int, precision dtype.DType) func() (measure, error) {
	return func() (measure, error) {
		c := train.Default(method.SimCLR)
		c.Batch, c.LR, c.Precision = batch, 0.01, precision
		encoder := model.Published()
		encoder.Arch, encoder.Width = arch, width
		place, err := dataset.Open(dataset.Embedded, dataset.Options{})
		if err != nil {
			return nil, err
		}
		few := make([]int, 4*batch)
		for i := range few {
			few[i] = i % place.Train.Len()
		}
		ds, err := dataset.Subset(place.Train, few)
		if err != nil {
			return nil, err
		}
		source := views.Images(ds, augment.CIFAR(32), 1)
		return func(d time.Duration) (rate float64, err error) {
			return torch.With(func() (float64, error) {
				t, err := train.New(c, encoder, source, torch.CPU)
				if err != nil {
					return 0, err
				}
				if _, err := t.RunEpoch(context.Background()); err != nil { // warm up
					return 0, err
				}
				return repeat(d, 2*len(few), func(int) error {
					_, err := t.RunEpoch(context.Background())
					return err
				})
			})
		}, nil
	}
}
