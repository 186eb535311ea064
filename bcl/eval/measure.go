package eval

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch"
)

// Encoder is a network to measure.
type Encoder struct {
	// Net maps images to N x D features.
	Net model.Encoder
	// New builds another network of the same kind, with any weights. Classifiers that
	// train a copy need it ([Spec]).
	New func() model.Encoder
}

// Measure returns the results of every protocol and classifier, protocol by protocol.
//
// It changes nothing: weights, statistics, gradients and modes of the network and
// libtorch's generators are restored. It must run inside [torch.Do].
func (s *Suite) Measure(ctx context.Context, net Encoder) (results []score.Result, err error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	for _, c := range s.Classifiers {
		if c.Spec().Copy && net.New == nil {
			return nil, fmt.Errorf("%s needs Encoder.New to build a copy of the network", c.Spec().Name)
		}
	}
	err = torch.Do(func() error {
		defer keepGenerators(s.Device)()
		m := &Measurement{Suite: s, Encoder: net, Classes: len(s.Probe.Classes())}
		if s.ProbeCrop == "" {
			if err := m.extractProbe(ctx); err != nil {
				return err
			}
		}
		if err := m.extract(ctx); err != nil {
			return err
		}
		trials := make([][][][][]int64, len(s.Classifiers)) // the predictions of each, by trial
		for m.trial = range s.trials() {
			if err := torch.Do(func() error { return m.try(ctx, trials) }); err != nil {
				return err
			}
		}
		byClassifier := make([][]score.Result, len(s.Classifiers))
		for i, c := range s.Classifiers {
			byClassifier[i] = m.results(c.Spec().Name, trials[i])
		}
		for p := range s.Protocols {
			for i := range s.Classifiers {
				results = append(results, byClassifier[i][p])
			}
		}
		return nil
	})
	return results, err
}

// try makes a trial: it adds the predictions of each classifier, except for those that the
// trials before would only repeat.
func (m *Measurement) try(ctx context.Context, trials [][][][][]int64) error {
	if m.ProbeCrop != "" {
		if err := m.extractProbe(ctx); err != nil {
			return err
		}
	}
	for i, c := range m.Classifiers {
		seed := c.Spec().Seed
		if m.trial > 0 && seed == nil && m.ProbeCrop == "" {
			continue
		}
		if seed != nil {
			*seed += uint64(m.trial)
		}
		tops, err := c.Classify(ctx, m)
		if seed != nil {
			*seed -= uint64(m.trial)
		}
		if err != nil {
			return err
		}
		trials[i] = append(trials[i], tops)
	}
	return nil
}

// results returns the results of a classifier, by protocol, from its predictions in each
// trial for each subset in order.
func (m *Measurement) results(name string, trials [][][][]int64) (results []score.Result) {
	at := 0 // of a protocol's first subset
	for _, p := range m.Protocols {
		r := score.Result{Protocol: p.Name, Classifier: name}
		var all []score.Accuracy
		var fits [][][]int64
		for trial, tops := range trials {
			for i, s := range p.Subsets {
				a := score.Of(tops[at+i], m.Features.Test.Y, m.Classes, m.Groups)
				all = append(all, a)
				fits = append(fits, tops[at+i])
				r.Images = max(r.Images, s.Len(m.Probe))
				if len(trials)*len(p.Subsets) > 1 {
					r.Subsets = append(r.Subsets, score.SubsetAccuracy{Name: m.named(s, trial).Name, Accuracy: a})
				}
			}
		}
		at += len(p.Subsets)
		r.Accuracy, r.Spread = score.Mean(all)
		if m.Predicted != nil {
			m.Predicted(p.Name, name, fits)
		}
		results = append(results, r)
	}
	return results
}
