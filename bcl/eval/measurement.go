package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/torch"
)

// Measurement is a Suite applied to one network, from which a classifier predicts.
type Measurement struct {
	*Suite
	Encoder  Encoder
	Classes  int
	Features Features

	trial int         // from 0
	place map[int]int // samples of the probe set in Features.Probe; nil: all
}

// Features are the features of all images that are needed.
type Features struct {
	Probe      Set // of the samples of all subsets: see [Measurement.Rows]
	Test       Set
	Validation *Set // nil: none
}

// Part is a subset of a protocol, on which a classifier is fitted.
type Part struct {
	Protocol protocol.Protocol
	protocol.Subset
	Progress func(done, total int) // may be nil
}

// Each calls predict for every subset of every protocol, in order, in a scope of its own,
// and returns the results. what names the classifier for Progress.
func (m *Measurement) Each(what string, predict func(p Part) ([][]int64, error)) (tops [][][]int64, err error) {
	for _, p := range m.Protocols {
		for _, s := range p.Subsets {
			s = m.named(s, m.trial)
			task := strings.Join(strings.Fields(fmt.Sprintf("%s %s %s", p.Name, s.Name, what)), " ")
			err := torch.Do(func() error {
				top, err := predict(Part{p, s, m.ProgressOf(task)})
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

// ProgressOf returns a function that reports a task to Suite.Progress; nil without
// Progress.
func (m *Measurement) ProgressOf(task string) func(done, total int) {
	if m.Progress == nil {
		return nil
	}
	return func(done, total int) { m.Progress(task, done, total) }
}

// Extractor returns an [Extractor] with the settings of the Suite, for the trial.
func (m *Measurement) Extractor() Extractor {
	e := Extractor{Net: m.Encoder.Net, Images: m.Images}
	e.Seed += uint64(m.trial)
	return e
}

// Rows returns the rows of a subset in Features.Probe; nil: all.
func (m *Measurement) Rows(s protocol.Subset) []int {
	if m.place == nil || s.Rows == nil {
		return s.Rows
	}
	out := make([]int, len(s.Rows))
	for i, r := range s.Rows {
		out[i] = m.place[r]
	}
	return out
}

// Set returns the features of a subset.
func (m *Measurement) Set(s protocol.Subset) Set {
	probe, rows := m.Features.Probe, m.Rows(s)
	if rows == nil {
		return probe
	}
	at := indices(rows).ToDevice(m.Device)
	out := Set{X: probe.X.IndexSelect(0, at), Labels: probe.Labels.IndexSelect(0, at)}
	for _, r := range rows {
		out.Y = append(out.Y, probe.Y[r])
	}
	return out
}

// extractProbe computes the features of the samples of all subsets.
func (m *Measurement) extractProbe(ctx context.Context) (err error) {
	var rows []int
	rows, m.place = union(m.Protocols)
	e := m.Extractor()
	e.Progress = m.ProgressOf("features of the probe images")
	m.Features.Probe, err = e.Cropped(ctx, m.Probe, rows)
	return err
}

// extract computes the features of all other images that are needed, once.
func (m *Measurement) extract(ctx context.Context) error {
	of := func(part string, ds dataset.Dataset, s *Set) (err error) {
		e := m.Extractor()
		e.Progress = m.ProgressOf("features of the " + part + " images")
		*s, err = e.Features(ctx, ds)
		return err
	}
	// Fine-tuning alone needs only the size of a feature vector.
	if err := of("test", m.Test, &m.Features.Test); err != nil {
		return err
	}
	if m.Validation == nil || !slices.ContainsFunc(m.Classifiers, func(c Classifier) bool { return c.Spec().Validation }) {
		return nil
	}
	m.Features.Validation = &Set{}
	return of("validation", m.Validation, m.Features.Validation)
}

// union returns all rows that protocols need, in order of first use, and the position of
// each; nil and nil for all rows in their own order.
func union(protocols []protocol.Protocol) (rows []int, place map[int]int) {
	place = map[int]int{}
	for _, p := range protocols {
		for _, s := range p.Subsets {
			if s.Rows == nil {
				return nil, nil
			}
			for _, i := range s.Rows {
				if _, there := place[i]; !there {
					place[i] = len(rows)
					rows = append(rows, i)
				}
			}
		}
	}
	return rows, place
}
