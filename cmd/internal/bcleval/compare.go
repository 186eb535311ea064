package bcleval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// ofOne are the flags that speak of one network.
var ofOne = []string{"untrained", "init", "per-class", "tail-curve", "tail-signal"}

// compared is one of several networks that are compared.
type compared struct {
	*options
	label   string
	trained settings.List // of its run; of a file of others, the network
	results *score.Results
	loss    *float64            // of the last epoch
	right   map[fitted][][]bool // for each fit, whether each test image's class was predicted
	signals []recorded
}

// fitted names what was fitted.
type fitted struct{ protocol, classifier string }

// compare evaluates several networks alike, as o has it for the first, and writes how they
// differ.
func (o *options) compare(ctx context.Context, stdout, stderr io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(stderr, name+": "+format+"\n", args...) }
	if err := errors.Join(o.checkComparable(), o.checkIdle(say)); err != nil {
		return err
	}
	d, note, err := device.Open(o.device, o.flags.Changed("device"), o.threads)
	if err != nil {
		return err
	}
	if note != "" {
		say("%s", note)
	}
	runs, err := o.others()
	defer func() {
		for _, r := range runs[min(1, len(runs)):] { // o closes its own
			r.source.Close()
		}
	}()
	if err != nil {
		return err
	}
	im, err := o.open(ctx, stderr)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := r.suiteOf(o, im, d).Check(); err != nil {
			return fmt.Errorf("%s: %w", quote.Name(r.path), err)
		}
		if err := r.checkFiles(o.suite(im, d)); err != nil {
			return err
		}
		r.note(stderr)
	}
	for _, r := range runs {
		if err := r.evaluate(ctx, o, im, d, stderr); err != nil {
			return fmt.Errorf("%s: %w", quote.Name(r.path), err)
		}
	}
	o.damage.Say(say)
	c, err := newComparison(runs, im, o.Seed)
	if err != nil {
		return err
	}
	write := c.writeTable
	if o.json {
		write = c.writeJSON
	}
	errs := []error{write(stdout)}
	if o.csv != "" {
		errs = append(errs, atomicfile.WriteFile(o.csv, c.writeCSV))
	}
	return errors.Join(errs...)
}

// checkComparable returns an error if a flag was given that is for one network.
func (o *options) checkComparable() error {
	names := slices.Clone(ofOne)
	for _, c := range o.classifiers {
		for _, s := range c.Spec().Settings {
			if s.Output {
				names = append(names, s.Name)
			}
		}
	}
	for _, flag := range names {
		if o.flags.Changed(flag) {
			return cli.Usagef("--%s is for one network, and %d are given to compare", flag, o.flags.NArg())
		}
	}
	return nil
}

// others opens the networks; the first is o's.
func (o *options) others() (runs []*compared, err error) {
	labels := labelsFor(o.flags.Args())
	runs = append(runs, &compared{options: o, label: labels[0]})
	for i, path := range o.flags.Args()[1:] {
		r := &compared{options: newOptions(), label: labels[i+1]}
		if err := cli.ParseArgs(r.flags, o.theirs.Args, usage, io.Discard); err != nil {
			return runs, err
		}
		if err := cli.SetText(r.flags.Lookup("data"), o.Data); err != nil { // where its file does not say
			return runs, err
		}
		err := r.resolveOf(path)
		runs = append(runs, r)
		if err != nil {
			return runs, err
		}
	}
	for _, r := range runs {
		if err := r.read(); err != nil {
			return runs, err
		}
	}
	return runs, nil
}

// labelsFor are short names of paths: the last element, or the whole where that is another's.
func labelsFor(paths []string) []string {
	short := make([]string, len(paths))
	for i, path := range paths {
		short[i] = filepath.Base(path)
		if abs, err := filepath.Abs(path); err == nil {
			short[i] = filepath.Base(abs)
		}
	}
	labels := slices.Clone(short)
	for i := range labels {
		if slices.Index(short, short[i]) != i || slices.Contains(short[i+1:], short[i]) {
			labels[i] = paths[i]
		}
		for n := 2; slices.Contains(labels[:i], labels[i]); n++ {
			labels[i] = fmt.Sprintf("%s (%d)", paths[i], n)
		}
		labels[i] = quote.Name(labels[i])
	}
	return labels
}

// read reads what is known of the training.
func (r *compared) read() (err error) {
	if r.source.ours == nil {
		r.trained = settings.List{{Name: "model", Value: r.Arch}, {Name: "stem", Value: r.Stem}, {Name: "width", Value: fmt.Sprint(r.Width)}}
		return nil
	}
	if r.trained, err = settings.Parse([]byte(r.source.ours.Config())); err != nil {
		return fmt.Errorf("%s: its config cannot be read: %w", r.source.path, err)
	}
	if !isDir(r.path) {
		return nil
	}
	metrics, err := run.ReadMetrics(r.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if n := len(metrics); n > 0 {
		r.loss = &metrics[n-1].Loss
	}
	return nil
}

// suiteOf is the suite of the first network, o, with the size of images that this one wants.
func (r *compared) suiteOf(o *options, im *images, d torch.Device) *eval.Suite {
	s := o.suite(im, d)
	s.Size, s.Resize, s.Crop = r.Size, r.resize, views.Crop(r.crop)
	return s
}

// evaluate measures a network and its signals.
func (r *compared) evaluate(ctx context.Context, o *options, im *images, d torch.Device, stderr io.Writer) error {
	r.results = &score.Results{Checkpoint: r.source.path, Epoch: r.source.epoch, Data: o.Data, Test: im.test.Len(),
		ClassCounts: im.counts, ClassNames: im.test.Classes(), GroupRule: o.rule, Groups: im.groups, Protocol: o.named, Settings: o.settings()}
	for _, p := range im.protocols {
		for _, s := range p.Subsets {
			r.results.Probe = max(r.results.Probe, s.Len(im.probe))
		}
	}
	labels := labelsOf(im.test)
	r.right = map[fitted][][]bool{}
	s := r.suiteOf(o, im, d)
	s.Predicted = func(protocol, classifier string, fits [][][]int64) {
		for _, tops := range fits {
			right := make([]bool, len(tops))
			for i, top := range tops {
				right[i] = top[0] == int64(labels[i])
			}
			f := fitted{protocol, classifier}
			r.right[f] = append(r.right[f], right)
		}
	}
	err := torch.Do(func() error {
		encoder, net, err := r.untrainedNet(d)
		if err != nil {
			return err
		}
		if encoder, err = r.trainedNet(encoder, net, d); err != nil {
			return err
		}
		if err := r.measure(ctx, s, r.label, encoder, r.results, stderr); err != nil {
			return err
		}
		for i := range r.results.Rows {
			r.results.Rows[i].Network = score.Trained
		}
		return nil
	})
	if err != nil {
		return err
	}
	return r.discover(im, stderr)
}
