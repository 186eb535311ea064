package bcleval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

func (o *options) run(ctx context.Context, stdout, stderr io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(stderr, name+": "+format+"\n", args...) }
	if err := o.checkIdle(say); err != nil {
		return err
	}
	device, note, err := device.Open(o.device, o.flags.Changed("device"), o.threads)
	if err != nil {
		return err
	}
	if note != "" {
		fmt.Fprintf(stderr, "%s: %s\n", name, note)
	}
	im, err := o.open(ctx, stderr)
	if err != nil {
		return err
	}
	suite := o.suite(im, device)
	if err := suite.Check(); err != nil {
		return err
	}
	if err := o.checkFiles(suite); err != nil {
		return err
	}
	tail, err := o.tail(im, stderr)
	if err != nil {
		return err
	}
	o.note(stderr)
	r := &score.Results{Checkpoint: o.source.path, Epoch: o.source.epoch, Data: o.Data, Test: im.test.Len(),
		ClassCounts: im.counts, ClassNames: im.test.Classes(), GroupRule: o.rule, Groups: im.groups, Tail: tail, Protocol: o.named, Settings: o.settings()}
	if err := o.assess(r, im, stderr); err != nil {
		return err
	}
	for _, p := range im.protocols {
		for _, s := range p.Subsets {
			r.Probe = max(r.Probe, s.Len(im.probe))
		}
	}
	err = torch.Do(func() error {
		encoder, net, err := o.untrainedNet(device)
		if err != nil {
			return err
		}
		if o.untrained {
			if err := o.beginNet(net, say); err != nil {
				return fmt.Errorf("--untrained: %w", err)
			}
			if err := o.measure(ctx, suite, score.Untrained, encoder, r, stderr); err != nil {
				return err
			}
		}
		if encoder, err = o.trainedNet(encoder, net, device); err != nil {
			return err
		}
		return o.measure(ctx, suite, score.Trained, encoder, r, stderr)
	})
	if err != nil {
		return err
	}
	o.damage.Say(say)
	return o.write(r, stdout)
}

func (o *options) suite(im *images, d torch.Device) *eval.Suite {
	s := eval.NewSuite(im.probe, im.test, im.groups, o.Size)
	s.Validation, s.Protocols, s.Classifiers = im.validation, im.protocols, o.chosen
	s.Resize, s.Filter, s.Crop = o.resize, augment.Filter(slices.Index(interpolations, o.interpolation)), views.Crop(o.crop)
	if o.probeCrop != noCrop {
		s.ProbeCrop = views.Crop(o.probeCrop)
	}
	s.Trials, s.Seed = o.trials, o.Seed
	s.Device, s.Batch, s.Workers = d, o.batch, o.workers
	return s
}

// measure adds the rows of one network to the results.
func (o *options) measure(ctx context.Context, s *eval.Suite, what string, e eval.Encoder, r *score.Results, stderr io.Writer) error {
	var bar *cli.Progress
	now := ""
	s.Progress = func(task string, done, total int) {
		if task != now {
			bar.Clear()
			bar, now = cli.NewProgress(stderr, what+": "+task, total), task
		}
		bar.Set(done, "")
	}
	results, err := s.Measure(ctx, e)
	bar.Clear()
	for _, result := range results {
		r.Rows = append(r.Rows, score.Row{Network: what, Result: result})
	}
	return err
}

// write writes the results to the requested outputs. The table comes first, so that it is
// there even if a file fails, which is still an error.
func (o *options) write(r *score.Results, stdout io.Writer) error {
	errs := []error{o.print(r, stdout)}
	if o.csv != "" {
		errs = append(errs, atomicfile.WriteFile(o.csv, r.WriteCSV))
	}
	if o.tailFile != "" {
		if o.tailSignal != "" {
			r = &score.Results{Tail: o.signalTail}
		}
		errs = append(errs, atomicfile.WriteFile(o.tailFile, r.WriteTail))
	}
	return errors.Join(errs...)
}

func (o *options) print(r *score.Results, stdout io.Writer) error {
	if o.json {
		return r.WriteJSON(stdout)
	}
	if err := r.WriteTable(stdout); err != nil {
		return err
	}
	if err := o.theirs.WriteLines(stdout, r); err != nil || !o.perClass {
		return err
	}
	return r.WriteClasses(stdout)
}
