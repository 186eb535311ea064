package bcltrain

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

// monitor evaluates the network while it trains, which changes nothing of the run.
type monitor struct {
	freq      int // epochs; 0: never
	by        []string
	probeList string
	testList  string
	epochs    int // of the linear probe
}

// evaluate is what a session calls.
type evaluate = func(ctx context.Context, net model.Network, progress func(task string, done, total int)) ([]score.Result, error)

func (m *monitor) check() error {
	chosen, err := eval.Choose(eval.All(), m.by)
	for _, c := range chosen {
		if c.Spec().Copy {
			return cli.Usagef("--eval-by %s: fine-tuning is for bcl-eval, after training", c.Spec().Name)
		}
	}
	return cli.FieldUsage(nil, cmp.Or(
		field.Expect(m.freq >= 0, "eval-freq", m.freq, "0 or more"),
		field.Expect(m.epochs >= 1, "probe-epochs", m.epochs, "at least 1"),
		err,
	))
}

// prepare opens what evaluation needs, before training starts, and reads each of its
// images that was not read as a training image. It returns nil if nothing is to be
// evaluated.
func (m *monitor) prepare(ctx context.Context, o *options, training dataset.Dataset, device torch.Device, stderr io.Writer) (evaluate, error) {
	if m.freq == 0 {
		return nil, nil
	}
	if o.follows() { // rank 0 evaluates, meanwhile others wait
		return func(context.Context, model.Network, func(string, int, int)) ([]score.Result, error) { return nil, nil }, nil
	}
	theirs := !o.flags.Changed("eval-freq") // the authors' default, not requested
	if err := o.findProbeList(); err != nil {
		return nil, err
	}
	opt := o.images()
	opt.Probe, opt.Test = m.probeList, m.testList
	place, err := dataset.Open(o.data, opt)
	if err != nil {
		return nil, err
	}
	if place.Test == nil || place.Probe == nil {
		if theirs {
			m.freq = 0
			o.theirs.Remark("no evaluation: %s has no labelled test images", o.data)
			return nil, nil
		}
		return nil, fmt.Errorf("--eval-freq: %s has no labelled training and test images%s", o.data, holdoutHint(place))
	}
	counts, _ := dataset.Counts(place.Train)
	if len(counts) == 0 {
		return nil, fmt.Errorf("--eval-freq: the training images of %s have no labels, which make the groups", o.data)
	}
	groups, err := score.ByThirds(counts)
	if err != nil {
		return nil, err
	}
	probe, test := place.Probe, place.Test
	read := make(map[string]bool, training.Len())
	for i := range training.Len() {
		read[training.Name(i)] = true
	}
	if probe, err = o.verify(ctx, probe, "probe images", read, stderr); err != nil {
		return nil, err
	}
	if test, err = o.verify(ctx, test, "test images", read, stderr); err != nil {
		return nil, err
	}
	suite := eval.NewSuite(probe, test, groups, o.size)
	suite.Device, suite.Workers, suite.Crop = device, o.config.Workers, views.CropOf(o.model.Stem == model.ImageNetStem)
	if suite.Classifiers, err = eval.Choose(eval.All(), m.by); err != nil {
		return nil, err
	}
	eval.SetSeed(suite.Classifiers, o.config.Seed)
	for _, c := range suite.Classifiers {
		if p, ok := c.(*eval.Probe); ok {
			p.Epochs = m.epochs
		}
	}
	measure := func(ctx context.Context, net model.Network, progress func(string, int, int)) ([]score.Result, error) {
		suite.Progress = progress
		return suite.Measure(ctx, eval.Encoder{Net: net.Encoder()})
	}
	return measure, suite.Check()
}

// holdoutHint says how a data set with labels and no test images gets some.
func holdoutHint(p *dataset.Place) string {
	if p.Test != nil || p.Probe == nil {
		return ""
	}
	return "; --holdout 0.2 holds a fifth of each class out of training, to test on"
}

// findProbeList uses the list that the authors' code fits its probe on, for an authors'
// command line with their images.
func (o *options) findProbeList() (err error) {
	if o.monitor.probeList == "" {
		o.monitor.probeList, err = o.theirs.ProbeList(o.data)
	}
	return err
}
