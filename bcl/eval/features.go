package eval

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Set is the features of a set of labelled images.
type Set struct {
	X      torch.Tensor // N x D, float32
	Y      []int64      // N classes
	Labels torch.Tensor // Y as a tensor on X's device
}

// Extractor computes features of images.
type Extractor struct {
	Images
	Net model.Encoder // of images
	// Progress, if set, is called after every batch.
	Progress func(done, total int)
}

// Features computes the features of ds, all of whose samples must be labelled, in
// evaluation mode. The result belongs to the current scope; the network's mode is
// restored.
func (e *Extractor) Features(ctx context.Context, ds dataset.Dataset) (Set, error) {
	return e.features(ctx, ds, nil, e.Plain.Of(ds))
}

// Cropped is Features of one random crop, ProbeCrop, of each of some rows of ds (nil: all).
// The crop depends on Seed and row; without ProbeCrop, images are as for Features.
func (e *Extractor) Cropped(ctx context.Context, ds dataset.Dataset, rows []int) (Set, error) {
	source := e.Plain.Of(ds)
	if e.ProbeCrop != "" {
		source = e.ProbeCrop.Of(ds, e.Size, e.Filter, e.Seed)
	}
	return e.features(ctx, ds, rows, source)
}

// features returns the features of some rows of ds (nil: all), as a source shows them.
func (e *Extractor) features(ctx context.Context, ds dataset.Dataset, rows []int, source sampler.Source) (Set, error) {
	if rows == nil {
		rows = make([]int, ds.Len())
		for i := range rows {
			rows[i] = i
		}
	}
	n := len(rows)
	if n == 0 {
		return Set{}, fmt.Errorf("no images to evaluate on")
	}
	s := Set{Y: make([]int64, n)}
	for i, row := range rows {
		if s.Y[i] = int64(ds.Label(row)); s.Y[i] < 0 {
			return Set{}, fmt.Errorf("%s has no label: evaluation needs one for every image", quote.Name(ds.Name(row)))
		}
	}
	defer evaluating(e.Net)()
	loader, err := sampler.NewLoader(source, e.Workers, nil)
	if err != nil {
		return Set{}, err
	}
	s.X = torch.Empty([]int64{int64(n), e.Net.Features()}, torch.On(torch.Float32, e.Device))
	done := 0
	err = deal(ctx, loader, 0, split(rows, e.Batch, 1), func(b *sampler.Batch) error {
		k := len(b.Samples)
		err := torch.Do(func() error {
			s.X.Narrow(0, int64(done), int64(k)).Copy_(e.forward(b))
			return nil
		})
		if done += k; err == nil && e.Progress != nil {
			e.Progress(done, n)
		}
		return err
	})
	if err != nil {
		return Set{}, err
	}
	s.Labels = torch.FromSlice(s.Y).ToDevice(e.Device)
	return s, nil
}

func (e *Extractor) forward(b *sampler.Batch) (features torch.Tensor) {
	torch.NoGrad(func() { features = e.Net.Forward(e.inputs(b)...) })
	return features
}

// evaluating puts a network into evaluation mode and returns a function that restores the
// mode of each module.
func evaluating(net nn.Module) (restore func()) {
	var modules []nn.Module
	var training []bool
	nn.Walk(net, func(_ string, m nn.Module) {
		modules, training = append(modules, m), append(training, nn.IsTraining(m))
	})
	nn.Eval(net)
	return func() {
		// Modules come before their children, whose mode they set too.
		for i, m := range modules {
			if training[i] {
				nn.Train(m)
			} else {
				nn.Eval(m)
			}
		}
	}
}
