package bcltrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// session is a run under way.
type session struct {
	*options
	beginning
	settings []byte // config.yaml
	out      *run.Dir
	saver    *checkpoint.Saver
	saved    time.Time // when the last save began
	about    checkpoint.About
	trainer  *train.Trainer
	stderr   io.Writer
	bar      *cli.Progress
	authors  authorsLog
}

// run trains from the start or from a checkpoint.
func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	device, note, err := device.Open(o.device, o.threads)
	if err != nil {
		return err
	}
	if note != "" {
		o.theirs.Remark("%s", note)
	}
	settings, err := cli.Resolved(o.flags, "resume", "allow-change", "recipe")
	if err != nil {
		return err
	}
	begin, err := o.begin(settings)
	if err != nil {
		return err
	}
	if err := o.theirs.Provide(ctx, o.data, name, stderr); err != nil {
		return err
	}
	ds, err := o.open(ctx, stderr)
	if err != nil {
		return err
	}
	if err := o.monitor.prepare(ctx, o, ds, device, stderr); err != nil {
		return err
	}
	s := &session{options: o, beginning: begin, settings: settings, stderr: stderr}
	s.about = checkpoint.About{Config: settings, Data: run.Data{Fingerprint: dataset.Fingerprint(ds), Samples: ds.Len()}}
	return torch.Do(func() error {
		source := sampler.Images(ds, o.pipeline(), o.config.Seed)
		if s.trainer, err = train.New(o.config, source, model.FromPixels, device); err != nil {
			return err
		}
		if err := s.open(device); err != nil {
			return err
		}
		defer s.out.Close()
		if err := s.openHistory(); err != nil {
			return err
		}
		s.announce(ds, device)
		if err := s.train(ctx); err != nil {
			s.note("%v", cli.Cause(ctx, err))
			return err
		}
		fmt.Fprintln(stdout, s.out.File(run.CheckpointFile))
		return nil
	})
}

// openHistory opens the momentum losses of the epochs done.
func (s *session) openHistory() error {
	lost, err := s.out.OpenHistory(s.trainer.Memory.Len(), s.trainer.Position.Epoch-1)
	if lost > 0 {
		s.log("%s lacks %d epochs: their rows are NaN", run.HistoryFile, lost)
	}
	return err
}

// announce says what is about to be trained on what.
func (s *session) announce(ds dataset.Dataset, device torch.Device) {
	parameters := int64(0)
	for _, p := range nn.Parameters(s.trainer.Net) {
		parameters += p.Numel()
	}
	for _, remark := range s.theirs.Remarks {
		s.log("%s", remark)
	}
	c := s.config
	s.log("%s: %s on %d images of %s, %d views a step", s.name, c.Method, ds.Len(), s.data, 2*min(c.Batch, ds.Len()))
	s.log("%s, width %d, %s stem, %.2f M parameters, %dx%d views, %s, on %v", c.Model.Arch, c.Model.Width, c.Model.Stem, float64(parameters)/1e6, s.size, s.size, s.precision, device)
	if p := s.trainer.Position; p.Step > 0 {
		s.log("going on at epoch %d, batch %d of %d", p.Epoch, p.Batch+1, s.trainer.Batches())
	}
	s.authors.every = s.printFreq
	s.plain(s.authors.classes(ds))
}

// train runs the epochs that are left. However it ends, the checkpoint is that of
// the last step, unless that step failed.
func (s *session) train(ctx context.Context) error {
	t := s.trainer
	total := s.config.Epochs * t.Batches()
	s.bar = cli.NewProgress(s.stderr, "training", total)
	defer s.bar.Clear()
	s.saver, s.saved = checkpoint.NewSaver(s.out, s.keepLast), time.Now()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	t.Progress = func(p train.Step) {
		s.bar.Set(t.Step, fmt.Sprintf("epoch %d of %d, loss %.4f", p.Epoch, s.config.Epochs, p.Loss))
		s.plain(s.authors.step(p))
		if err := s.saveWithin(); err != nil {
			stop(err)
		}
	}
	start := time.Now()
	if t.Step > 0 && !run.HasCheckpoint(s.dir()) { // begins from that of another run
		if err := s.save(); err != nil {
			return err
		}
	}
	for !t.Done() {
		s.plain(s.authors.begin(t.LastLR()))
		var r train.Report
		err := s.runEpoch(ctx, func() (err error) {
			r, err = t.RunEpoch(ctx)
			return err
		})
		if err != nil {
			return s.end(ctx, err)
		}
		// The checkpoint comes last: what history and metrics have too much of is
		// taken out when the run goes on from the one before.
		if err := s.out.Remember(t.Memory.Loss()); err != nil {
			return errors.Join(err, s.saver.Wait())
		}
		if err := s.out.Metric(r); err != nil {
			return errors.Join(err, s.saver.Wait())
		}
		if err := s.save(); err != nil {
			return err
		}
		s.log("epoch %d of %d: loss %.4f, lr %.2g, %.0f views/s, weights %.2f %.2f %.2f (quartiles)", r.Epoch, s.config.Epochs, r.Loss, r.LR, r.ViewsPerSec, r.Weights[1], r.Weights[2], r.Weights[3])
		if err := s.evaluate(ctx, r.Epoch); err != nil {
			return errors.Join(err, s.saver.Wait())
		}
	}
	if err := s.saver.Wait(); err != nil {
		return err
	}
	s.log("done in %v: %s", time.Since(start).Round(time.Second), s.out.File(run.CheckpointFile))
	return nil
}

// end sees to the checkpoint when an epoch ended with err.
func (s *session) end(ctx context.Context, err error) error {
	failed := s.saver.Wait()
	switch {
	case ctx.Err() == nil:
		return errors.Join(err, failed) // the last good checkpoint stays
	case failed != nil:
		return failed
	}
	if err := errors.Join(s.save(), s.saver.Wait()); err != nil {
		return err
	}
	t := s.trainer
	s.log("saved at epoch %d, batch %d of %d: --resume goes on", t.Epoch, t.Batch+1, t.Batches())
	return err
}

// save begins to write the checkpoint, and every --save-freq epochs one that stays.
func (s *session) save() error {
	t := s.trainer
	s.saved = time.Now()
	if n := t.Position.Epoch - 1; t.Batch == 0 && n > 0 && n%s.saveFreq == 0 {
		return s.saver.Save(t, s.about, run.KeptName(n))
	}
	return s.saver.Save(t, s.about)
}

// saveWithin is called after every step. It begins to save when --save-minutes say
// so, unless the epoch is about to end or the disk is still busy with the checkpoint
// before, and returns the error of a save that failed.
func (s *session) saveWithin() error {
	busy, err := s.saver.Busy()
	t := s.trainer
	due := s.saveMins > 0 && time.Since(s.saved).Minutes() >= s.saveMins
	if err != nil || busy || !due || t.Batch == t.Batches() {
		return err
	}
	return s.save()
}

// log writes a line to the run's log and to stderr.
func (s *session) log(format string, args ...any) {
	if s.bar != nil {
		s.bar.Clear()
	}
	fmt.Fprintf(s.stderr, format+"\n", args...)
	s.note(format, args...)
}

// plain writes a line without the time to both, unless it is empty.
func (s *session) plain(line string) {
	if line == "" {
		return
	}
	if s.bar != nil {
		s.bar.Clear()
	}
	fmt.Fprintln(s.stderr, line)
	fmt.Fprintln(s.out.Log(), line)
}

// note writes a line to the run's log alone.
func (s *session) note(format string, args ...any) {
	fmt.Fprintln(s.out.Log(), time.Now().Format(time.RFC3339), fmt.Sprintf(format, args...))
}
