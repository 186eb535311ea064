package bcleval

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

// Vectors computes a layer of images, n x width, as bcl-eval embed computed those that info
// describes, of the weights at info.Checkpoint: others are an error.
func Vectors(ctx context.Context, info *features.Info, layer string, ds dataset.Dataset, dev string, threads int) (x []float32, err error) {
	o := newEmbedding()
	o.layers, o.dtype, o.normalize = []string{layer}, "float32", info.Normalize
	o.batch, o.threads, o.device, o.Data = 64, threads, dev, dataset.Embedded // whose images are not opened
	if err = o.checkImages(); err == nil {
		err = o.openNetwork(info.Checkpoint)
	}
	o.Size, o.resize, o.interpolation = info.Size, info.Resize, info.Filter // not the run's
	if len(info.Mean) > 0 {
		o.mean, o.std = info.Mean, info.Std
	}
	err = errors.Join(err, o.checkImages())
	defer func() { o.source.Close() }()
	if err != nil {
		return nil, err
	}
	hash, err := hashFiles(o.source.files())
	if err != nil {
		return nil, err
	}
	if hash != info.SHA256 {
		return nil, fmt.Errorf("%s has other weights than those that the features were computed with: their SHA-256 begins with %.12s, expected %.12s", quote.Name(o.source.path), hash, info.SHA256)
	}
	d, _, err := device.Open(o.device, true, o.threads)
	if err != nil {
		return nil, err
	}
	return x, torch.Do(func() error {
		e, err := o.embedder(d)
		if err != nil {
			return err
		}
		return e.Run(ctx, ds, 0, func(layers [][]byte) error {
			part := make([]float32, len(layers[0])/4)
			if _, err := binary.Decode(layers[0], binary.LittleEndian, part); err != nil {
				return err
			}
			x = append(x, part...)
			return nil
		})
	})
}
