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
		t.meanwhile(func() { values, err = t.gradients(ctx, b, lr) })
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

// gradients sets the gradients of a batch. It changes only running statistics.
func (t *Trainer) gradients(ctx context.Context, b *sampler.Batch, lr float64) (values []float32, err error) {
	views := Views{batch: b, run: t.forward}
	if t.feed != nil {
		if views.onDevice, err = t.feed.put(b); err != nil {
			return nil, err
		}
	}
	l := t.objective.Losses(views, t.Epoch)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	all, err := t.measured(l, len(b.Samples))
	if err != nil {
		return nil, err
	}
	values = torch.Slice[float32](all)
	if err := finite(b.Samples, values, lr); err != nil {
		return nil, err
	}
	total := l.Mean()
	if len(t.Auxiliary) > 0 && !(l.Z1.Defined() && l.Z2.Defined()) {
		return nil, errors.New("the objective gives no projections Z1 and Z2, which auxiliary losses need")
	}
	for _, a := range t.Auxiliary {
		more, err := a.Loss(t.Epoch, l.Z1, l.Z2)
		if err != nil {
			return nil, err
		}
		if more.Defined() {
			total = total.Add(more)
		}
	}
	t.Opt.ZeroGrad()
	total.Backward()
	return values, ctx.Err()
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
