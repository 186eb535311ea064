package bcleval

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/features"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

// Vectors computes a layer of images, n x width, as bcl-eval embed computed those that info
// describes. checkpoint, "" for info's, says where its weights are now; other weights are
// an error.
func Vectors(ctx context.Context, info *features.Info, layer, checkpoint string, ds dataset.Dataset, dev string, threads int) (x []float32, err error) {
	o := newEmbedding()
	o.layers, o.dtype = []string{layer}, "float32"
	checkpoint = cmp.Or(checkpoint, info.Checkpoint)
	// As flags that were given, which the run's settings do not override.
	err = o.flags.Parse([]string{checkpoint, "--data", dataset.Embedded, "--size", strconv.Itoa(info.Size), "--resize", strconv.Itoa(info.Resize),
		"--interpolation", info.Filter, "--batch-size", "64", "--threads", strconv.Itoa(threads), "--device", dev})
	if err == nil {
		err = errors.Join(o.checkImages(), o.openNetwork(checkpoint))
	}
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
