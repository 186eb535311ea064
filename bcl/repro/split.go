package repro

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// splitFile is a list that was made here, in the folder of its split.
const splitFile = "split.npy"

// TrainSplit is a unit's --train-split, as its commands see it from the folder of
// the split; "" is all samples.
func (p *Plan) TrainSplit(u *Unit) string {
	switch {
	case u.Split.Make != nil:
		return splitFile
	case u.Split.List != "":
		return filepath.Join(p.Splits, u.Split.List)
	}
	return ""
}

// TestList is a unit's --test-list; "" is the place's own test part.
func (p *Plan) TestList(u *Unit) string {
	if u.Part.Test == "" {
		return ""
	}
	return filepath.Join(p.Splits, u.Part.Test)
}

// splitPath is the file of TrainSplit as this process sees it.
func (p *Plan) splitPath(u *Unit) string {
	if u.Split.Make != nil {
		return filepath.Join(p.Folder(u), splitFile)
	}
	return p.TrainSplit(u)
}

// Prepare checks that images and lists are there, and makes the lists that are to be
// made. A list that is there already must be the one that would be made.
func (p *Plan) Prepare() error {
	for _, l := range p.Lists() {
		if _, err := os.Stat(filepath.Join(p.Splits, l)); err != nil {
			return fmt.Errorf("published list of preset %s: %w", p.Preset.Name, err)
		}
	}
	type parts struct{ place, train, test string }
	places := make(map[parts]*dataset.Place)
	made := make(map[*Split]bool)
	for _, u := range p.Units {
		at := parts{place: p.Place(u.Part), test: p.TestList(u)}
		if u.Split.List != "" {
			at.train = p.TrainSplit(u)
		}
		pl := places[at]
		if pl == nil {
			var err error
			if pl, err = dataset.Open(at.place, dataset.Options{CacheBytes: -1, Train: at.train, Test: at.test}); err != nil {
				return fmt.Errorf("part %s: %w", u.Part.Name, err)
			}
			places[at] = pl
		}
		if got, want := len(pl.Train.Classes()), u.Part.Classes; want > 0 && got != want {
			return fmt.Errorf("part %s: %s has %d classes, expected the %d of %s", u.Part.Name, at.place, got, want, u.Part.Data)
		}
		if u.Split.Make == nil || made[u.Split] {
			continue
		}
		if err := p.makeSplit(u, pl); err != nil {
			return fmt.Errorf("split %s of part %s: %w", u.Split.Name, u.Part.Name, err)
		}
		made[u.Split] = true
	}
	return nil
}

func (p *Plan) makeSplit(u *Unit, place *dataset.Place) error {
	m := u.Split.Make
	spec := dataset.SplitSpec{Kind: m.Kind, Seed: m.Seed, Imbalance: m.Imbalance, Largest: m.Largest}
	s, err := dataset.MakeSplit(place.Train, spec, nil)
	if err != nil {
		return err
	}
	path := p.splitPath(u)
	have, err := dataset.ReadIndexList(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case !slices.Equal(have, s.Indices):
		return fmt.Errorf("%s is another list than the preset describes: choose another folder for the results", path)
	default:
		if _, err := os.Stat(dataset.ManifestPath(path)); err == nil {
			return nil
		}
	}
	if err := os.MkdirAll(p.Folder(u), 0o755); err != nil {
		return err
	}
	_, err = s.Write(path, place.Kind, "", true)
	return err
}
