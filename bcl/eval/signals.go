package eval

import (
	"context"
	"math"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch"
)

// SetSignals computes the signals of whole sets ([signal.Set]): one pass of the set's plain
// views through a trained network, and the comparison of all pairs of samples.
type SetSignals struct {
	Images
	Net model.Encoder
	// Network is what Net is the encoder of, for signals of the projections; nil: none of them.
	// Its pruned branch, if it has one, needs its masks ([model.SDCLR.Prune]).
	Network model.Projected
	// Some are samples whose features, as many rows of FeaturesWidth, Measure puts into Features.
	Some          []int
	Features      []float32
	FeaturesWidth int
	// Progress, if set, is called with a task and how much of it is done.
	Progress func(task string, done, total int)
}

// embedded are the vectors of N samples (N x D).
type embedded struct {
	features            torch.Tensor
	projections, pruned torch.Tensor // zero: none
}

// Measure returns the signals of each sample of ds that network and labels allow, those of
// purity only if all samples have a label.
func (s *SetSignals) Measure(ctx context.Context, ds dataset.Dataset) (map[signal.Name][]float32, error) {
	var values map[signal.Name][]float32
	err := torch.Do(func() error {
		v, err := s.vectors(ctx, ds)
		if err != nil {
			return err
		}
		if s.Some != nil {
			s.keep(v.features)
		}
		labels := make([]int64, ds.Len())
		for i := range labels {
			if labels[i] = int64(ds.Label(i)); labels[i] < 0 {
				labels = nil
				break
			}
		}
		values, err = v.signals(ctx, labels, s.progress)
		return err
	})
	return values, err
}

func (s *SetSignals) keep(features torch.Tensor) {
	rows := make([]int64, len(s.Some))
	for i, r := range s.Some {
		rows[i] = int64(r)
	}
	s.FeaturesWidth = int(features.Size(1))
	s.Features = torch.Slice[float32](features.IndexSelect(0, torch.FromSlice(rows).ToDevice(s.Device)))
}

func (s *SetSignals) progress(task string, done, total int) {
	if s.Progress != nil {
		s.Progress(task, done, total)
	}
}

// prunedBranch is the pruned branch as an encoder, whose features are its projections.
type prunedBranch struct {
	model.Encoder
	net *model.SDCLR
}

func (p prunedBranch) Features() int64 { return model.ProjectionSize }
func (p prunedBranch) Forward(inputs ...torch.Tensor) torch.Tensor {
	return p.net.ForwardPruned(inputs...)
}

func (s *SetSignals) vectors(ctx context.Context, ds dataset.Dataset) (v embedded, err error) {
	e := &Embedder{Images: s.Images, Net: s.Net, Layers: []string{FeaturesLayer}, DType: torch.Float32}
	if s.Network != nil {
		e.Network, e.Layers = s.Network, append(e.Layers, ProjectionLayer)
	}
	all, err := s.run(ctx, e, ds, "features")
	if err != nil {
		return v, err
	}
	v.features = all[0]
	if s.Network == nil {
		return v, nil
	}
	v.projections = all[1]
	if net, ok := s.Network.(*model.SDCLR); ok {
		e = &Embedder{Images: s.Images, Net: prunedBranch{s.Net, net}, Layers: []string{FeaturesLayer}, DType: torch.Float32}
		if all, err = s.run(ctx, e, ds, "pruned branch"); err == nil {
			v.pruned = all[0]
		}
	}
	return v, err
}

// run returns the vectors of each layer of all samples.
func (s *SetSignals) run(ctx context.Context, e *Embedder, ds dataset.Dataset, task string) (all []torch.Tensor, err error) {
	widths, err := e.Widths()
	if err != nil {
		return nil, err
	}
	n := int64(ds.Len())
	for _, w := range widths {
		all = append(all, torch.Empty([]int64{n, int64(w)}, torch.On(torch.Float32, s.Device)))
	}
	done := int64(0)
	err = e.Run(ctx, ds, 0, func(layers [][]byte) error {
		return torch.Do(func() error {
			rows := int64(0)
			for i, b := range layers {
				rows = int64(len(b)) / 4 / int64(widths[i])
				all[i].Narrow(0, done, rows).Copy_(torch.FromBytes(b, torch.Float32, rows, int64(widths[i])))
			}
			done += rows
			s.progress(task, int(done), int(n))
			return nil
		})
	})
	return all, err
}

// signals compares all pairs. labels may be nil.
func (v embedded) signals(ctx context.Context, labels []int64, progress func(task string, done, total int)) (map[signal.Name][]float32, error) {
	out := map[signal.Name][]float32{}
	n := int(v.features.Size(0))
	k := min(signal.Neighbours, n-1)
	if k < 1 {
		return out, nil
	}
	kth := make([]float32, n)
	purity := make([]float32, n)
	classes := torch.Tensor{}
	if labels != nil {
		classes = torch.FromSlice(labels).ToDevice(v.features.Device())
		out[signal.Purity] = purity
	}
	out[signal.Neighbour] = kth
	err := pairs(ctx, v.features, func(from int, cosines torch.Tensor) {
		near := torch.Call("topk", cosines, k, 1, true, true)
		copy(kth[from:], torch.Slice[float32](near[0].Select(1, int64(k-1)).Contiguous(torch.ContiguousFormat)))
		if labels != nil {
			rows := cosines.Size(0)
			of := torch.Call("index_select", classes, 0, near[1].View(-1))[0].View(rows, int64(k))
			own := of.Eq(classes.Narrow(0, int64(from), rows).Unsqueeze(1))
			copy(purity[from:], torch.Slice[float32](own.To(torch.Float32).MeanDim([]int64{1}, false)))
		}
		progress("neighbours", min(n, from+int(cosines.Size(0))), n)
	})
	if err != nil || !v.projections.Defined() {
		return out, err
	}
	nearest := make([]float32, n)
	out[signal.Nearest] = nearest
	err = pairs(ctx, v.projections, func(from int, cosines torch.Tensor) {
		copy(nearest[from:], torch.Slice[float32](torch.Call("amax", cosines, []int64{1}, false)[0]))
		progress("negatives", min(n, from+int(cosines.Size(0))), n)
	})
	if err != nil {
		return nil, err
	}
	// The cosines with all others add up to that with their sum, less 1 for itself.
	err = torch.Do(func() error {
		z := v.projections.To(torch.Float64).Normalize(1, 1e-12)
		mean := z.Mul(z.SumDim([]int64{0}, true).Sub(z)).SumDim([]int64{1}, false).DivScalar(float64(n - 1))
		out[signal.MeanNegative] = torch.Slice[float32](mean.To(torch.Float32))
		if v.pruned.Defined() {
			other := v.pruned.To(torch.Float64).Normalize(1, 1e-12)
			out[signal.Disagreement] = torch.Slice[float32](z.Mul(other).SumDim([]int64{1}, false).MulScalar(-1).AddScalar(1).To(torch.Float32))
		}
		return nil
	})
	return out, err
}

// pairs calls f with the cosines of some rows of x (N x D) with all of them, -Inf with
// themselves, and where those rows begin. It takes some 64 MiB for any N.
func pairs(ctx context.Context, x torch.Tensor, f func(from int, cosines torch.Tensor)) error {
	n := int(x.Size(0))
	unit := x.Normalize(1, 1e-12)
	some := min(n, max(1, (16<<20)/n))
	for from := 0; from < n; from += some {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := torch.Do(func() error {
			rows := unit.Narrow(0, int64(from), int64(min(some, n-from)))
			cosines := rows.Mm(unit.T())
			torch.Run("fill_.Scalar", torch.Call("diagonal", cosines, from, 0, 1)[0], math.Inf(-1))
			f(from, cosines)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
