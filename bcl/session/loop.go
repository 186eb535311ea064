package session

import (
	"context"
	"errors"
	"time"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
)

// Run trains the remaining epochs. However it ends, the checkpoint is that of the last
// step, also if the views of the next cannot be made, unless that step failed. When ctx
// ends, the error is its cause.
func (s *Session) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := cause(ctx, s.run(ctx, stop))
	if failed := s.Notify(End{err}); err == nil {
		err = failed
	}
	return err
}

// cause returns the cause of ctx's end if err is only ctx's error.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return context.Cause(ctx)
	}
	return err
}

func (s *Session) run(ctx context.Context, stop context.CancelCauseFunc) error {
	t := s.Trainer
	s.saver, s.saved = checkpoint.NewSaver(s.dir, s.KeepLast), time.Now()
	t.Progress = func(p train.Step) {
		step := Step{p, t.Epochs(), t.Step, t.Epochs() * t.Batches()}
		if err := errors.Join(s.Notify(step), s.saveWithin(p)); err != nil {
			stop(err)
		}
	}
	t.Note = func(text string) {
		if err := s.Say("%s", text); err != nil {
			stop(err)
		}
	}
	start := time.Now()
	if t.Step > 0 && !run.HasCheckpoint(s.Dir) { // started from that of another run
		if err := s.save(); err != nil {
			return err
		}
	}
	if err := s.lead(ctx); err != nil {
		return err
	}
	if s.settle != nil { // last: what fails before leaves the run its settings
		if err := s.settle(); err != nil {
			return err
		}
		s.settle = nil
	}
	for !t.Done() {
		if err := s.epoch(ctx); err != nil {
			return err
		}
	}
	if err := errors.Join(t.Compare(), s.saver.Wait()); err != nil {
		return err
	}
	return s.Say("done in %v: %s", time.Since(start).Round(time.Second), quote.Name(s.File(run.CheckpointFile)))
}

// epoch trains to the end of the current epoch, and saves.
func (s *Session) epoch(ctx context.Context) error {
	t := s.Trainer
	if err := s.Notify(EpochBegin{t.Epoch, t.LastLR()}); err != nil {
		return errors.Join(err, s.saver.Wait())
	}
	var r run.Metrics
	err := s.orExit(ctx, func() (err error) {
		r, err = t.RunEpoch(ctx)
		return err
	})
	if err != nil {
		return s.end(ctx, err)
	}
	// The checkpoint comes last: if the run is resumed from the one before, the
	// additional rows of history and metrics are removed.
	e := Epoch{Metrics: r, Epochs: t.Epochs(), Momentum: t.Memory.Loss()}
	for _, name := range t.Signals.Names() {
		e.Signals = append(e.Signals, t.Signals.Row(name))
	}
	if err := s.Notify(e); err != nil {
		return errors.Join(err, s.saver.Wait())
	}
	if err := s.saveBetween(); err != nil {
		return err
	}
	if err := s.evaluate(ctx, r.Epoch); err != nil {
		return errors.Join(err, s.saver.Wait())
	}
	return nil
}

// end saves the checkpoint when an epoch ended with err.
func (s *Session) end(ctx context.Context, err error) error {
	failed := s.saver.Wait()
	_, between := errors.AsType[*train.ViewsError](err)
	if _, others := errors.AsType[*train.GroupError](err); others {
		between = true
	}
	switch {
	case ctx.Err() == nil && !between:
		return errors.Join(err, failed) // the last good checkpoint stays
	case failed != nil:
		return failed
	}
	if err := errors.Join(s.save(), s.saver.Wait()); err != nil {
		return err
	}
	t := s.Trainer
	return errors.Join(err, s.Say("saved at epoch %d, batch %d of %d, where it can be resumed", t.Epoch, t.Batch+1, t.Batches()))
}
