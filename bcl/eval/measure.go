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
		if err := m.extract(ctx); err != nil {
			return err
		}
		byClassifier := make([][]score.Result, len(s.Classifiers))
		for i, c := range s.Classifiers {
			tops, err := c.Classify(ctx, m)
			if err != nil {
				return err
			}
			byClassifier[i] = m.results(c.Spec().Name, tops)
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

// results returns the results of a classifier, by protocol, from its predictions for each
// subset in order.
func (m *Measurement) results(name string, tops [][][]int64) (results []score.Result) {
	for _, p := range m.Protocols {
		r := score.Result{Protocol: p.Name, Classifier: name}
		var all []score.Accuracy
		for _, s := range p.Subsets {
			a := score.Of(tops[0], m.Features.Test.Y, m.Classes, m.Groups)
			tops = tops[1:]
			all = append(all, a)
			r.Images = max(r.Images, s.Len(m.Probe))
			if len(p.Subsets) > 1 {
				r.Subsets = append(r.Subsets, score.SubsetAccuracy{Name: s.Name, Accuracy: a})
			}
		}
		r.Accuracy, r.Spread = score.Mean(all)
		results = append(results, r)
	}
	return results
}
