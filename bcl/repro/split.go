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

// splitFile is a generated list, in the folder of its split.
const splitFile = "split.npy"

// TrainSplit is a unit's --train-split, relative to the folder of the split, where its
// commands run; "" is all samples.
func (p *Plan) TrainSplit(u *Unit) string {
	switch {
	case u.Split.Make != nil:
		return splitFile
	case u.Split.List != "":
		return p.list(u.Split.List)
	}
	return ""
}

// TestList is a unit's --test-list; "" is the data set's test part.
func (p *Plan) TestList(u *Unit) string {
	if u.Part.Test == "" {
		return ""
	}
	return p.list(u.Part.Test)
}

// ValidationList is a unit's --val-list; "" is none.
func (p *Plan) ValidationList(u *Unit) string {
	if u.Part.Validation == "" {
		return ""
	}
	return p.list(u.Part.Validation)
}

// splitPath is the path of TrainSplit for this process; "" is all samples.
func (p *Plan) splitPath(u *Unit) string {
	if u.Split.Make != nil {
		return filepath.Join(p.Folder(u), splitFile)
	}
	return p.TrainSplit(u)
}

func (p *Plan) makeSplit(u *Unit, place *dataset.Place) error {
	s, err := dataset.MakeSplit(place.Train, *u.Split.Make, nil)
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
