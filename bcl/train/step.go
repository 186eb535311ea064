package train

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
)

// step trains on one batch and returns the signals of its samples, those of t.Signals one after
// another. On an error, and if ctx
// ends before the weights change, nothing has changed; a backward pass is not
// interrupted. The caller holds t.
func (t *Trainer) step(ctx context.Context, b *sampler.Batch) (values []float32, err error) {
	err = torch.Do(func() error {
		t.statistics.keep()
		lr := t.schedule.At(t.Step + 1) // the published code advances its schedule before the step
		v := Views{batch: b, run: t.forward}
		if t.shared != nil {
			ctx = context.WithoutCancel(ctx) // all processes take this step
			v.gather = t.shared.gather(len(b.Samples))
		}
		if t.feed != nil {
			if v.onDevice, err = t.feed.put(b); err != nil {
				return err
			}
		}
		if t.sharp == nil {
			t.meanwhile(func() { values, err = t.gradients(ctx, v, lr, nil) })
		} else {
			values, err = t.twoPasses(ctx, v, lr)
		}
		if err == nil && t.feed != nil {
			err = t.feed.release()
		}
		if err != nil {
			return err
		}
		t.Opt.SetLR(lr)
		t.Opt.Step()
		for _, a := range t.Auxiliary {
			a.Observe(t.Epoch, b.Samples)
		}
		return nil
	})
	if err != nil && t.statistics.kept {
		// What failed may have broken the device: then this fails too, and is not the reason.
		if lost := torch.Do(func() error { t.statistics.undo(1); return nil }); lost != nil {
			err = fmt.Errorf("%w\n(nor could the running statistics of before the step be restored: %w)", err, lost)
		}
	}
	t.statistics.drop()
	return values, err
}

// twoPasses sets the gradients of a batch as they are near the weights, where [RwSAM] looks. It
// returns the signals at the weights. Nobody may see the parameters in the second pass, so
// the caller holds t in it. Running statistics follow the first pass alone: evaluation is at the
// weights, not near them.
func (t *Trainer) twoPasses(ctx context.Context, v Views, lr float64) (values []float32, err error) {
	t.meanwhile(func() { values, err = t.gradients(ctx, v, lr, t.sharp.weights(v.batch.Samples)) })
	if err != nil {
		return nil, err
	}
	restore := t.statistics.freeze()
	defer t.sharp.sam.Return()
	t.sharp.sam.Ascend()
	if _, err = t.gradients(ctx, v, lr, nil); err != nil {
		return nil, err
	}
	restore()
	return values, nil
}

// gradients sets the gradients of a batch, whose losses count by weights, nil: 1. It changes
// only running statistics.
func (t *Trainer) gradients(ctx context.Context, v Views, lr float64, weights []float32) (values []float32, err error) {
	if bounds := t.chunks(len(v.batch.Samples)); bounds != nil {
		return t.gradientsInChunks(ctx, v, lr, weights, bounds)
	}
	total, values, err := t.total(ctx, v, lr, weights)
	if err != nil {
		return nil, err
	}
	t.Opt.ZeroGrad()
	if t.shared != nil {
		return values, t.shared.reducer.Backward(total.Backward)
	}
	total.Backward()
	return values, ctx.Err()
}

// total returns what is minimised for a batch, and the signals of its samples.
func (t *Trainer) total(ctx context.Context, v Views, lr float64, weights []float32) (total torch.Tensor, values []float32, err error) {
	none, b := torch.Tensor{}, v.batch
	l := t.objective.Losses(v, t.Epoch)
	if ctx.Err() != nil {
		return none, nil, ctx.Err()
	}
	all, err := t.measured(l, len(b.Samples))
	if err != nil {
		return none, nil, err
	}
	values = torch.Slice[float32](all)
	if t.shared != nil {
		if err := t.shared.same(values); err != nil {
			return none, nil, err
		}
	}
	if err := finite(b.Samples, values, lr); err != nil {
		return none, nil, err
	}
	if weights != nil {
		w := torch.FromSlice(weights).ToDevice(t.device)
		if l.Weights.Defined() {
			w = w.Mul(l.Weights)
		}
		l.Weights = w
	}
	total = l.Mean()
	if len(t.Auxiliary) > 0 && !(l.Z1.Defined() && l.Z2.Defined()) {
		return none, nil, errors.New("the objective gives no projections Z1 and Z2, which auxiliary losses need")
	}
	for _, a := range t.Auxiliary {
		more, err := a.Loss(t.Epoch, l.Z1, l.Z2)
		if err != nil {
			return none, nil, err
		}
		if more.Defined() {
			total = total.Add(more)
		}
	}
	return total, values, nil
}

// finite returns an error for the first loss that is not, of the signals of some samples.
func finite(samples []int, values []float32, lr float64) error {
	for k, v := range values[:len(samples)] {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("the loss of sample %d is %v at learning rate %v; a lower learning rate or a longer warm-up may help", samples[k], v, lr)
		}
	}
	return nil
}
