package train

import (
	"slices"

	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
)

// Views are the views of a batch on their way through a network. Where processes share the
// batch each runs its own part, and all get the results of all: whatever is computed from them,
// such as a loss with negatives, is that of the whole batch on every process.
type Views struct {
	batch    *sampler.Batch
	onDevice []torch.Tensor // a copy of each buffer of batch; nil: each pass copies them
	run      pass
	gather   func(rows torch.Tensor, perSample int) torch.Tensor // of all processes; nil: this one is alone
}

// pass runs a network on raw inputs: it handles device and precision.
type pass func(f func(...torch.Tensor) torch.Tensor, raw []torch.Tensor) torch.Tensor

// forward is the [pass] of t, in the configured precision; the result is float32 for the
// loss.
func (t *Trainer) forward(f func(...torch.Tensor) torch.Tensor, raw []torch.Tensor) torch.Tensor {
	x := t.inputs(raw, t.device)
	if t.config.Precision == torch.Float32 {
		return f(x...)
	}
	var z torch.Tensor
	torch.Autocast(t.device, t.config.Precision, func() { z = f(x...) })
	return z.To(torch.Float32)
}

// tensors returns the buffers from lo to hi-1 as tensors, rows x the shape of a row.
func (v Views) tensors(lo, hi int) []torch.Tensor {
	if v.onDevice != nil {
		return slices.Clone(v.onDevice[lo:hi])
	}
	raw := make([]torch.Tensor, hi-lo)
	for i, b := range v.batch.Buffers[lo:hi] {
		raw[i] = torch.FromBytes(b.Data, b.Spec.DType, b.Shape()...)
	}
	return raw
}

func (v Views) all() []torch.Tensor { return v.tensors(0, len(v.batch.Buffers)) }

// Each runs every view through f and returns the result of each (B x D). Views with the
// same inputs go through it together, so that they share the statistics of batch
// normalisation; rows 2i and 2i+1 are then the views of sample i, as in the authors'
// code.
func (v Views) Each(f func(...torch.Tensor) torch.Tensor) []torch.Tensor {
	n := v.batch.Views()
	out := make([]torch.Tensor, n)
	if !v.batch.Uniform() {
		for k := range out {
			out[k] = v.Only(k, f)
		}
		return out
	}
	z := v.collect(v.run(f, v.all()), n)
	rows := z.View(-1, int64(n), z.Size(-1))
	for k := range out {
		out[k] = rows.Select(1, int64(k))
	}
	return out
}

// collect returns the results of the whole batch, of which this process made some.
func (v Views) collect(rows torch.Tensor, perSample int) torch.Tensor {
	if v.gather == nil {
		return rows
	}
	return v.gather(rows, perSample)
}

// Only runs one view through f and returns the result (B x D).
func (v Views) Only(view int, f func(...torch.Tensor) torch.Tensor) torch.Tensor {
	if !v.batch.Uniform() {
		return v.collect(v.run(f, v.tensors(v.batch.View(view))), 1)
	}
	raw := v.all()
	for i, x := range raw {
		rows := x.View(append([]int64{-1, int64(v.batch.Views())}, x.Shape()[1:]...)...)
		raw[i] = rows.Select(1, int64(view)).Contiguous(torch.ContiguousFormat)
	}
	return v.collect(v.run(f, raw), 1)
}
