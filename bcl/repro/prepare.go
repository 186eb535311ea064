package repro

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/protocol"
)

// Prepare checks that images and lists of some of the units exist and fit each other, so
// that no evaluation fails after days of training, and generates lists. An existing list
// must be the one that would be generated.
func (p *Plan) Prepare(ctx context.Context, units []*Unit) error {
	for _, l := range p.Lists() {
		if _, err := os.Stat(p.list(l)); err != nil {
			return fmt.Errorf("published list of preset %s: %w", p.Preset.Name, err)
		}
	}
	found := make(places)
	ready := make(map[*Split]bool)
	for _, u := range units {
		if ready[u.Split] {
			continue
		}
		if err := p.prepare(ctx, u, found); err != nil {
			return fmt.Errorf("part %s: %w", u.Part.Name, err)
		}
		ready[u.Split] = true
	}
	return nil
}

// prepare is Prepare for the split of a unit.
func (p *Plan) prepare(ctx context.Context, u *Unit, found places) error {
	at := parts{place: p.Place(u), test: p.TestList(u), holdout: u.Train.Get("holdout")}
	if u.Split.List != "" {
		at.train = p.TrainSplit(u)
	}
	pl, err := found.open(ctx, at)
	if err != nil {
		return err
	}
	if list := p.ValidationList(u); list != "" {
		if _, err := found.open(ctx, parts{place: at.place, train: at.train, test: list}); err != nil {
			return fmt.Errorf("validation: %w", err)
		}
	}
	if got, want := len(pl.Train.Classes()), u.Part.Classes; want > 0 && got != want {
		return fmt.Errorf("%s has %d classes, expected the %d of %s", at.place, got, want, u.Part.Data)
	}
	for _, q := range u.Part.Protocols {
		spec := p.InSplits(q)
		at.probe = spec.Probe
		with, err := found.open(ctx, at)
		if err == nil {
			err = resolves(spec, with)
		}
		if err != nil {
			return fmt.Errorf("protocol %s: %w", q.Name, err)
		}
	}
	if u.Split.Make == nil {
		return nil
	}
	return within("split "+u.Split.Name, p.makeSplit(u, pl))
}

// parts are the parts of a data set to open.
type parts struct{ place, train, probe, test, holdout string }

// places are the opened data sets.
type places map[parts]*dataset.Place

// open opens a data set and checks that the files in lists exist.
func (found places) open(ctx context.Context, at parts) (*dataset.Place, error) {
	if pl := found[at]; pl != nil {
		return pl, nil
	}
	holdout, err := dataset.ParseHoldout(at.holdout)
	if err != nil {
		return nil, fmt.Errorf("train: holdout is %w", err)
	}
	pl, err := dataset.Open(at.place, dataset.Options{Holdout: holdout, Cache: dataset.NewCache(0), Train: at.train, Probe: at.probe, Test: at.test})
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		list string
		ds   dataset.Dataset
	}{{at.train, pl.Train}, {at.probe, pl.Probe}, {at.test, pl.Test}} {
		if part.list == "" {
			continue
		}
		if err := dataset.CheckFiles(ctx, part.ds, dataset.VerifyOptions{}); err != nil {
			return nil, err
		}
	}
	found[at] = pl
	return pl, nil
}

// resolves returns an error if bcl-eval cannot evaluate by a protocol.
func resolves(s protocol.Spec, pl *dataset.Place) error {
	switch {
	case pl.Test == nil:
		return fmt.Errorf("%s has no test images: a folder needs test/ (or val/) with the classes of the training images, or the part a list (test) or train: {holdout: 0.2}", pl.Path)
	case pl.Probe == nil:
		return errors.New("no labelled images to fit a classifier on")
	}
	p, err := s.Resolve(pl.Probe, 1)
	if err != nil {
		return err
	}
	return p.Check(pl.Probe)
}
