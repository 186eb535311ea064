package train

import (
	"context"
	"fmt"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch/nn"
)

// ViewsError says that the views of a batch could not be made, such as of a file that
// cannot be read. The state is that of the step before, where training can be resumed.
type ViewsError struct{ Err error }

func (e *ViewsError) Error() string { return e.Err.Error() }
func (e *ViewsError) Unwrap() error { return e.Err }

// RunEpoch trains to the end of the current epoch and makes the weights of the next. When
// ctx ends it drops the current step, which a resumed run repeats, and returns ctx's
// error; Position is then where to resume. A loss that is not finite is an error too, and
// that step is not taken.
func (t *Trainer) RunEpoch(ctx context.Context) (m run.Metrics, err error) {
	t.moving.Lock()
	defer t.moving.Unlock()
	if t.feed == nil {
		return t.runEpoch(ctx)
	}
	err = t.feed.steps.Use(func() (err error) { m, err = t.runEpoch(ctx); return err })
	return m, err
}

// runEpoch is RunEpoch on the stream of the steps, by a caller who holds t.
func (t *Trainer) runEpoch(ctx context.Context) (run.Metrics, error) {
	start, from := time.Now(), t.Batch
	nn.Train(t.Net)
	if t.Batch == 0 {
		if err := t.objective.BeginEpoch(t.config.Seed, t.Epoch); err != nil {
			return run.Metrics{}, err
		}
	}
	epoch := t.sampler.Epoch(t.Epoch, t.Batch, t.weights())
	defer epoch.Close()
	done := 0
	for ctx.Err() == nil {
		began := time.Now()
		var batch *sampler.Batch
		var err error
		t.meanwhile(func() { batch, err = epoch.Next() })
		if err != nil {
			epoch.Recycle(batch)
			return run.Metrics{}, &ViewsError{err}
		}
		waited := time.Since(began)
		if batch == nil {
			break
		}
		losses, err := t.step(ctx, batch)
		samples := batch.Samples
		epoch.Recycle(batch) // whose Samples are others from here on
		if err != nil && ctx.Err() != nil {
			return run.Metrics{}, ctx.Err()
		}
		if err != nil {
			return run.Metrics{}, fmt.Errorf("epoch %d, step %d: %w", t.Epoch, t.Step+1, err)
		}
		t.Memory.Observe(samples, losses)
		sum := 0.0
		for _, l := range losses {
			sum += float64(l)
		}
		done += len(losses)
		t.LossSum += sum
		t.Batch++
		t.Step++
		if t.Progress != nil {
			t.Progress(Step{t.Epoch, t.Batch, t.Batches(), len(losses), sum / float64(len(losses)), t.Opt.LR, waited, time.Since(began)})
		}
	}
	if err := ctx.Err(); err != nil && t.Batch < t.Batches() {
		return run.Metrics{}, err
	}
	if err := t.Memory.EndEpoch(); err != nil {
		return run.Metrics{}, err
	}
	report := t.report(done, time.Since(start), from > 0)
	t.Position = Position{Epoch: t.Epoch + 1, Step: t.Step}
	return report, nil
}

// weights returns the weights by which samples are augmented in the current epoch.
func (t *Trainer) weights() func(sample int) float64 {
	return t.Memory.Rule(t.config.Method.Traits().Rule, t.config.Seed, t.Epoch)
}
