package eval

import (
	"context"
	"slices"

	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// Images configures how images are read, and the device.
type Images struct {
	// Plain is how test images are read, and those for features unless ProbeCrop is set;
	// its filter is that of crops too.
	views.Plain
	Crop      views.Crop // of images that a classifier is trained on
	ProbeCrop views.Crop // one random crop of each image of the probe set, for its features; "": Plain
	Seed      uint64     // of ProbeCrop
	Batch     int        // images per batch
	Workers   int        // goroutines that read images
	Device    torch.Device
}

// inputs turns a batch of one view into the network's input.
func (e *Extractor) inputs(b *sampler.Batch) []torch.Tensor {
	raw := make([]torch.Tensor, len(b.Buffers))
	for i, buffer := range b.Buffers {
		raw[i] = torch.FromBytes(buffer.Data, buffer.Spec.DType, buffer.Shape()...)
	}
	return e.Net.Inputs(raw, e.Device)
}

// deal calls step with the batches of an epoch in order, and prefetches the next.
func deal(ctx context.Context, l *sampler.Loader, epoch int, batches [][]int, step func(b *sampler.Batch) error) error {
	none := func(int) float64 { return 0 } // weight 0: no boost
	e := l.Epoch(epoch, len(batches), func(b int) []int { return batches[b] }, none)
	defer e.Close()
	for {
		b, err := e.Next()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || b == nil {
			return err
		}
		if err := step(b); err != nil {
			return err
		}
		e.Recycle(b)
	}
}

// split divides samples into batches. A last one of fewer than least is dropped, unless
// it is the only one.
func split(samples []int, size, least int) (batches [][]int) {
	for part := range slices.Chunk(samples, size) {
		if len(part) >= least || batches == nil {
			batches = append(batches, part)
		}
	}
	return batches
}
