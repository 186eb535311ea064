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
	chunked  *chunked                                            // nil: the batch passes at once
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

// samples returns the inputs of the samples lo to hi-1 of this process in the buffers first to
// last-1, which have some rows of each.
func (v Views) samples(first, last, rows, lo, hi int) []torch.Tensor {
	raw := v.tensors(first, last)
	if hi-lo < len(v.batch.Local) {
		for i, x := range raw {
			raw[i] = x.Narrow(0, int64(lo*rows), int64((hi-lo)*rows))
		}
	}
	return raw
}

// through runs the samples of this process through f, at once or in chunks, and returns the
// results of the whole batch, some rows a sample. input returns the inputs of some samples.
func (v Views) through(f func(...torch.Tensor) torch.Tensor, input func(lo, hi int) []torch.Tensor, rows int) torch.Tensor {
	chunk := func(lo, hi int) torch.Tensor { return v.run(f, input(lo, hi)) }
	if v.chunked != nil {
		return v.collect(v.chunked.run(chunk, rows), rows)
	}
	return v.collect(chunk(0, len(v.batch.Local)), rows)
}

// Each runs every view through f, in chunks more than once, and returns the result of
// each (B x D). Views with the same inputs go through it together, so that they share
// the statistics of batch normalisation; rows 2i and 2i+1 are then the views of sample
// i, as in the authors' code.
func (v Views) Each(f func(...torch.Tensor) torch.Tensor) []torch.Tensor {
	n := v.batch.Views()
	out := make([]torch.Tensor, n)
	if !v.batch.Uniform() {
		for k := range out {
			out[k] = v.Only(k, f)
		}
		return out
	}
	input := func(lo, hi int) []torch.Tensor { return v.samples(0, len(v.batch.Buffers), n, lo, hi) }
	z := v.through(f, input, n)
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
		first, last := v.batch.View(view)
		return v.through(f, func(lo, hi int) []torch.Tensor { return v.samples(first, last, 1, lo, hi) }, 1)
	}
	n := v.batch.Views()
	return v.through(f, func(lo, hi int) []torch.Tensor {
		raw := v.samples(0, len(v.batch.Buffers), n, lo, hi)
		for i, x := range raw {
			rows := x.View(append([]int64{-1, int64(n)}, x.Shape()[1:]...)...)
			raw[i] = rows.Select(1, int64(view)).Contiguous(torch.ContiguousFormat)
		}
		return raw
	}, 1)
}
