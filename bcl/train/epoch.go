package train

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/signal"
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
	err = t.feed.steps.UseInOrder(func() (err error) { m, err = t.runEpoch(ctx); return err })
	return m, err
}

// runEpoch is RunEpoch on the stream of the steps, by a caller who holds t.
func (t *Trainer) runEpoch(ctx context.Context) (run.Metrics, error) {
	start, from := time.Now(), t.Batch
	if t.why != "" {
		t.note(t.why)
		t.why = ""
	}
	if err := t.Compare(); err != nil {
		return run.Metrics{}, err
	}
	nn.Train(t.Net)
	if t.Batch == 0 {
		t.Signals.Reset()
		if err := t.objective.BeginEpoch(t.config.Seed, t.Epoch); err != nil {
			return run.Metrics{}, err
		}
	}
	visits, err := t.visits()
	if err != nil {
		return run.Metrics{}, err
	}
	epoch := t.sampler.Visit(visits, t.Epoch, t.Batch, t.weights())
	defer epoch.Close()
	t.counted = 0
	failed := t.steps(ctx, epoch)
	// The steps under way come before what ended the loop.
	if err := t.catchUp(0); err != nil {
		failed = err
	}
	if t.feed != nil {
		failed = cmp.Or(failed, t.feed.clear(epoch.Recycle))
	}
	if t.shared != nil {
		failed = t.shared.blame(failed)
	}
	_, views := errors.AsType[*ViewsError](failed)
	_, others := errors.AsType[*GroupError](failed)
	switch {
	case views, others && ctx.Err() == nil:
		return run.Metrics{}, failed
	case ctx.Err() != nil && (failed != nil || t.Batch < t.Batches()):
		return run.Metrics{}, ctx.Err()
	case failed != nil:
		return run.Metrics{}, fmt.Errorf("epoch %d, step %d: %w", t.Epoch, t.Step+1, failed)
	}
	if t.resample != nil {
		t.learn(t.Signals.Drawn())
	}
	if err := t.Memory.EndEpoch(); err != nil {
		return run.Metrics{}, err
	}
	report := t.report(t.counted, time.Since(start), from > 0)
	t.Position = Position{Epoch: t.Epoch + 1, Step: t.Step}
	return report, nil
}

// steps takes the steps of an epoch. At its end some may be under way.
func (t *Trainer) steps(ctx context.Context, epoch *sampler.Epoch) error {
	for ctx.Err() == nil || t.shared != nil {
		began := time.Now()
		var batch *sampler.Batch
		var err error
		t.meanwhile(func() { batch, err = epoch.Next() })
		if err != nil {
			err = &ViewsError{err}
		}
		if t.shared != nil && batch != nil {
			t.meanwhile(func() { err = t.shared.agree(ctx, t.Step, err) })
		}
		if err != nil {
			epoch.Recycle(batch)
			return err
		}
		if batch == nil {
			return nil
		}
		if err := t.take(ctx, batch, epoch.Recycle, began); err != nil {
			return err
		}
	}
	return nil
}

// take takes the step of a batch, or lets the device take it, and gives the batch back when
// it is not needed any more.
func (t *Trainer) take(ctx context.Context, b *sampler.Batch, recycle func(*sampler.Batch), began time.Time) error {
	waited, visits := time.Since(began), b.Visits // which are others after recycling
	if t.ahead != nil {
		if ahead, err := t.takeAhead(b, recycle, began, waited); ahead || err != nil {
			return err
		}
	}
	values, err := t.step(ctx, b)
	if t.feed == nil {
		recycle(b)
	} else if back := t.feed.giveBack(recycle); err == nil {
		err = back
	}
	if err != nil {
		return err
	}
	t.finish(visits, values, waited, time.Since(began))
	t.tell()
	return nil
}

// finish counts a step that is over, with the signals of its samples. The caller holds t.
func (t *Trainer) finish(v sampler.Visits, values []float32, waited, took time.Duration) {
	losses := values[:len(v.Samples)]
	t.Signals.Observe(v.Samples, v.Draws, values)
	if t.resample == nil {
		t.learn(v.Samples, values)
	}
	sum := 0.0
	for _, l := range losses {
		sum += float64(l)
	}
	t.counted += len(losses)
	t.LossSum += sum
	t.Batch++
	t.Step++
	t.untold = append(t.untold, Step{
		Epoch: t.Epoch, Batch: t.Batch, Batches: t.Batches(), Samples: len(losses),
		Loss: sum / float64(len(losses)), LR: t.Opt.LR, Waited: waited, Took: took,
	})
}

// learn updates the momenta by signals of some samples, one after another as in t.Signals.
func (t *Trainer) learn(samples []int, values []float32) {
	of := func(name signal.Name) []float32 { return t.Signals.Of(values, name, len(samples)) }
	t.Memory.Observe(samples, tailness(t.config.Memory.Signal, of))
	if t.sharp != nil {
		t.sharp.density.Observe(samples, of(signal.Density))
	}
	if t.resample != nil {
		t.resample.momentum.Observe(samples, tailness(t.config.Resample.Signal, of))
	}
}

// tell calls Progress for the steps that were finished since.
func (t *Trainer) tell() {
	for len(t.untold) > 0 {
		s := t.untold[0]
		t.untold = t.untold[1:]
		s.Ahead = len(t.untold)
		if t.ahead != nil {
			s.Ahead += len(t.ahead.under)
		}
		if t.Progress != nil {
			t.Progress(s)
		}
	}
}

// weights returns the weights by which samples are augmented in the current epoch.
func (t *Trainer) weights() func(sample int) float64 {
	return t.Memory.Rule(t.config.Memory.RuleOf(t.config.Method.Traits().Rule), t.config.Seed, t.Epoch)
}
