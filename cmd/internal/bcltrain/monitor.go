package bcltrain

import (
	"context"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/score"
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

	suite *eval.Suite
}

func (m *monitor) check() error {
	switch {
	case m.freq < 0:
		return cli.Usagef("eval-freq is %d, expected 0 or more", m.freq)
	case m.epochs < 1:
		return cli.Usagef("probe-epochs is %d, expected at least 1", m.epochs)
	}
	for _, by := range m.by {
		if by == eval.ByFineTune {
			return cli.Usagef("--eval-by %s: fine-tuning is for bcl-eval, when training is done", by)
		}
	}
	if err := eval.CheckClassifiers(m.by); err != nil {
		return &cli.UsageError{Err: err}
	}
	return nil
}

// prepare opens what evaluation needs, before training starts, and reads each image of
// it that is not among the training images, which were read.
func (m *monitor) prepare(ctx context.Context, o *options, training dataset.Dataset, device torch.Device, stderr io.Writer) error {
	if m.freq == 0 {
		return nil
	}
	theirs := !o.flags.Changed("eval-freq") // the authors' habit, not a wish
	if err := o.findProbeList(); err != nil {
		return err
	}
	place, err := dataset.Open(o.data, dataset.Options{Train: o.split, Probe: m.probeList, Test: m.testList})
	if err != nil {
		return err
	}
	if place.Test == nil || place.Probe == nil {
		if theirs {
			m.freq = 0
			o.theirs.Remark("no evaluation: %s has no labelled test images", o.data)
			return nil
		}
		return fmt.Errorf("--eval-freq: %s has no labelled training and test images", o.data)
	}
	counts, _ := dataset.Counts(place.Train)
	if len(counts) == 0 {
		return fmt.Errorf("--eval-freq: the training images of %s have no labels, which make the groups", o.data)
	}
	groups, err := score.ByThirds(counts)
	if err != nil {
		return err
	}
	probe, test := place.Probe, place.Test
	if place.Kind == "folder" {
		read := make(map[string]bool, training.Len())
		for i := range training.Len() {
			read[training.Name(i)] = true
		}
		if probe, err = o.verify(ctx, probe, "probe images", read, stderr); err != nil {
			return err
		}
		if test, err = o.verify(ctx, test, "test images", read, stderr); err != nil {
			return err
		}
	}
	m.suite = eval.NewSuite(probe, test, groups, o.size)
	m.suite.By, m.suite.Device, m.suite.Workers = m.by, device, o.config.Workers
	m.suite.Linear.Epochs, m.suite.Linear.Seed = m.epochs, o.config.Seed
	return m.suite.Check()
}

// findProbeList takes the list that the authors' code fits its probe on, for an authors'
// command line with their images.
func (o *options) findProbeList() (err error) {
	if o.monitor.probeList == "" {
		o.monitor.probeList, err = o.theirs.ProbeList(o.data)
	}
	return err
}

// evaluation is a line of evaluations.jsonl.
type evaluation struct {
	Epoch int `json:"epoch"`
	score.Result
}

// evaluate measures the network after an epoch, if that is due.
func (s *session) evaluate(ctx context.Context, epoch int) error {
	m := &s.monitor
	if m.freq == 0 || epoch%m.freq != 0 {
		return nil
	}
	m.suite.Progress = func(task string, done, total int) {
		s.bar.Set(s.trainer.Step, fmt.Sprintf("evaluation after epoch %d: %s, %d of %d", epoch, task, done, total))
	}
	results, err := m.suite.Measure(ctx, eval.Encoder{Net: s.trainer.Net.Encoder()})
	if err != nil {
		return err
	}
	var lines []any
	for _, r := range results {
		lines = append(lines, evaluation{epoch, r})
		a := r.Accuracy
		s.log("after epoch %d %s: top-1 %.2f, top-5 %.2f, Many %v, Medium %v, Few %v", epoch, r.Classifier, a.Top1, a.Top5, a.Groups[0], a.Groups[1], a.Groups[2])
		if r.Classifier == eval.ByProbe && s.printFreq > 0 {
			s.plain(fmt.Sprintf("Accuracy fullshot {1: %v, 5: %v}", a.Top1/100, a.Top5/100))
		}
	}
	return s.out.Evaluations(lines...)
}
