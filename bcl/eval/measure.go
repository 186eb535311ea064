package eval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Encoder is a network that is measured.
type Encoder struct {
	// Net maps images to N x D features.
	Net model.Encoder
	// New builds another such network, with any weights. Fine-tuning needs it: it
	// trains a copy.
	New func() model.Encoder
}

// Measure returns the results of every protocol and classifier, protocol by protocol.
//
// It leaves no trace: weights, statistics, gradients and modes of the network and
// libtorch's random numbers are afterwards what they were. It must run inside
// [torch.Do].
func (s *Suite) Measure(ctx context.Context, net Encoder) (results []score.Result, err error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if net.New == nil && slices.Contains(s.By, ByFineTune) {
		return nil, errors.New("fine-tuning needs a way to build another such network")
	}
	err = torch.Do(func() error {
		defer keepGenerators(s.Device)()
		m := &measurement{Suite: s, ctx: ctx, net: net, classes: len(s.Probe.Classes())}
		if err := m.features(); err != nil {
			return err
		}
		byClassifier := make([][]score.Result, len(s.By))
		for i, by := range s.By {
			if byClassifier[i], err = m.classify(by); err != nil {
				return err
			}
		}
		for p := range s.Protocols {
			for i := range s.By {
				results = append(results, byClassifier[i][p])
			}
		}
		return nil
	})
	return results, err
}

// measurement is a Suite at work on one network.
type measurement struct {
	*Suite
	ctx     context.Context
	net     Encoder
	classes int

	probe, test Set
	validation  *Set
	place       map[int]int // of samples of the probe set in probe; nil: its own
}

func (m *measurement) progress(task string) func(done, total int) {
	if m.Progress == nil {
		return nil
	}
	return func(done, total int) { m.Progress(task, done, total) }
}

func (m *measurement) extractor(task string) Extractor {
	return Extractor{Net: m.net.Net, Device: m.Device, Size: m.Size, Batch: m.Batch, Workers: m.Workers, Progress: m.progress(task)}
}

// features computes those of all images that are needed, once.
func (m *measurement) features() error {
	probe := m.Probe
	rows, place := union(m.Protocols)
	if rows != nil {
		var err error
		if probe, err = dataset.Subset(probe, rows); err != nil {
			return err
		}
	}
	m.place = place
	of := func(part string, ds dataset.Dataset, s *Set) (err error) {
		e := m.extractor("features of the " + part + " images")
		*s, err = e.Features(m.ctx, ds)
		return err
	}
	// Fine-tuning alone needs none, but the size of a feature.
	if err := of("probe", probe, &m.probe); err != nil {
		return err
	}
	if err := of("test", m.Test, &m.test); err != nil {
		return err
	}
	if m.Validation == nil || !slices.Contains(m.By, BySDCLR) {
		return nil
	}
	m.validation = &Set{}
	return of("validation", m.Validation, m.validation)
}

// rows returns the places of a subset in the features; nil: all.
func (m *measurement) rows(s Subset) []int {
	if m.place == nil || s.Rows == nil {
		return s.Rows
	}
	out := make([]int, len(s.Rows))
	for i, r := range s.Rows {
		out[i] = m.place[r]
	}
	return out
}

// set returns the features of a subset.
func (m *measurement) set(s Subset) Set {
	rows := m.rows(s)
	if rows == nil {
		return m.probe
	}
	at := indices(rows).ToDevice(m.Device)
	out := Set{X: m.probe.X.IndexSelect(0, at), Labels: m.probe.Labels.IndexSelect(0, at)}
	for _, r := range rows {
		out.Y = append(out.Y, m.probe.Y[r])
	}
	return out
}

// classify returns the results of one classifier, by protocol.
func (m *measurement) classify(by string) ([]score.Result, error) {
	tops, err := m.tops(by)
	if err != nil {
		return nil, err
	}
	var results []score.Result
	for _, p := range m.Protocols {
		r := score.Result{Protocol: p.Name, Classifier: by}
		var all []score.Accuracy
		for _, s := range p.Subsets {
			a := score.Of(tops[0], m.test.Y, m.classes, m.Groups)
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
	return results, nil
}

// tops returns the predictions of one classifier for every subset in turn.
func (m *measurement) tops(by string) (tops [][][]int64, err error) {
	if by == ByProbe {
		p := m.Linear
		p.Progress = m.progress("linear probe")
		var fits []Fit
		for _, protocol := range m.Protocols {
			for _, s := range protocol.Subsets {
				fits = append(fits, Fit{m.rows(s), p.Seed})
			}
		}
		return p.PredictEach(m.ctx, m.probe, fits, m.classes, m.test.X)
	}
	for _, p := range m.Protocols {
		for _, s := range p.Subsets {
			err := torch.Do(func() error {
				task := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", p.Name, s.Name, by)), " ")
				top, err := m.top(by, p, s, task)
				tops = append(tops, top)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return tops, nil
}

// top returns the predictions of one classifier that is fitted on one subset.
func (m *measurement) top(by string, p Protocol, s Subset, task string) ([][]int64, error) {
	switch by {
	case ByKNN:
		k := m.KNN
		if k.K == 0 {
			k.K = max(1, min(200, s.Len(m.Probe)/m.classes))
		}
		return k.Predict(m.set(s), m.classes, m.test.X)
	case ByRidge:
		return m.Ridge.Predict(m.set(s), m.classes, m.test.X)
	case ByLBFGS:
		l := m.Logistic
		l.Progress = m.progress(task)
		return l.Predict(m.ctx, m.set(s), m.classes, m.test.X)
	case BySDCLR:
		probe := m.sdclr(p)
		probe.Progress = m.progress(task)
		return probe.Predict(m.ctx, m.extractor(""), m.Probe, s.Rows, m.classes, m.validation, m.test.X)
	}
	return m.fineTune(s, task)
}

// fineTune trains a copy of the network.
func (m *measurement) fineTune(s Subset, task string) ([][]int64, error) {
	fresh := m.net.New()
	if err := nn.LoadStateDict(fresh, nn.StateDict(m.net.Net)); err != nil {
		return nil, fmt.Errorf("copy of the network: %w", err)
	}
	nn.To(fresh, m.Device)
	nn.ToChannelsLast(fresh)
	f := m.FineTune
	f.Progress = m.progress(task)
	return f.Predict(m.ctx, m.extractor(""), fresh, m.test.X.Size(1), m.Probe, s.Rows, m.classes, m.Test)
}
