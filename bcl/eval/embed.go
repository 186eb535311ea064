package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// The layers that are no stages of the encoder ([model.Staged]).
const (
	FeaturesLayer   = "features"   // of the encoder: what is evaluated
	ProjectionLayer = "projection" // of the projector: what the loss sees
)

// Embedder computes vectors of images batch by batch, in bounded memory: unlike those of an
// [Extractor] they are not for classifiers here, and images need no labels.
type Embedder struct {
	Images
	Net model.Encoder
	// Network is what Net is the encoder of, if its projection is a layer; else nil.
	Network   model.Projected
	Layers    []string    // what of the network: the layers above, or stages
	Normalize bool        // scale each vector to length 1
	DType     torch.DType // of the vectors, computed in float32
}

// Known returns the layers that the network has, and their widths.
func (e *Embedder) Known() (names []string, widths []int) {
	names, widths = []string{FeaturesLayer}, []int{int(e.Net.Features())}
	if e.Network != nil {
		names, widths = append(names, ProjectionLayer), append(widths, model.ProjectionSize)
	}
	if s, ok := e.Net.(model.Staged); ok {
		stages, sizes := s.Stages()
		names = append(names, stages...)
		for _, n := range sizes {
			widths = append(widths, int(n))
		}
	}
	return names, widths
}

// Widths returns the sizes of the vectors of Layers. A layer that the network does not have
// is an error, as is none, or one twice.
func (e *Embedder) Widths() (widths []int, err error) {
	names, sizes := e.Known()
	for i, l := range e.Layers {
		at := slices.Index(names, l)
		if at < 0 || slices.Contains(e.Layers[:i], l) {
			return nil, fmt.Errorf("layer %q, expected some of %s, each once", l, strings.Join(names, ", "))
		}
		widths = append(widths, sizes[at])
	}
	if len(widths) == 0 {
		return nil, fmt.Errorf("no layers, expected some of %s", strings.Join(names, ", "))
	}
	return widths, nil
}

// Run computes the vectors of the samples of ds from a row on, in evaluation mode, and
// passes them to write in order: for each layer the elements of a batch, little-endian. The
// network's mode is restored.
func (e *Embedder) Run(ctx context.Context, ds dataset.Dataset, from int, write func(layers [][]byte) error) error {
	if _, err := e.Widths(); err != nil {
		return err
	}
	var net nn.Module = e.Net
	if e.Network != nil {
		net = e.Network
	}
	defer evaluating(net)()
	loader, err := sampler.NewLoader(e.Plain.Of(ds), e.Workers, nil)
	if err != nil {
		return err
	}
	n := ds.Len() - from
	rows := func(b int) []int { // made when they are needed: there may be millions
		batch := make([]int, min(e.Batch, n-b*e.Batch))
		for i := range batch {
			batch[i] = from + b*e.Batch + i
		}
		return batch
	}
	epoch := loader.Epoch(0, (n+e.Batch-1)/e.Batch, rows, func(int) float64 { return 0 })
	defer epoch.Close()
	x := Extractor{Images: e.Images, Net: e.Net}
	for {
		b, err := epoch.Next()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil || b == nil {
			return err
		}
		var layers [][]byte
		err = torch.Do(func() error {
			torch.NoGrad(func() {
				for _, t := range e.forward(x.inputs(b)) {
					layers = append(layers, t.Bytes())
				}
			})
			return nil
		})
		if err == nil {
			err = write(layers)
		}
		if err != nil {
			return err
		}
		epoch.Recycle(b)
	}
}

// forward returns the vectors of the layers.
func (e *Embedder) forward(inputs []torch.Tensor) (out []torch.Tensor) {
	of := map[string]torch.Tensor{}
	if s, ok := e.Net.(model.Staged); ok {
		names, _ := s.Stages()
		if slices.ContainsFunc(names, func(n string) bool { return slices.Contains(e.Layers, n) }) {
			stages, features := s.ForwardStages(inputs...)
			of[FeaturesLayer] = features
			for i, n := range names {
				of[n] = stages[i]
			}
		}
	}
	if len(of) == 0 {
		of[FeaturesLayer] = e.Net.Forward(inputs...)
	}
	for _, l := range e.Layers {
		if l == ProjectionLayer {
			of[l] = e.Network.Project(of[FeaturesLayer])
		}
		t := of[l]
		if e.Normalize {
			t = t.Normalize(1, 1e-12)
		}
		out = append(out, t.To(e.DType).ToDevice(torch.CPU))
	}
	return out
}
