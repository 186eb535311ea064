package protocol

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// Resolve returns the samples of the probe set for s. The names of its lists are paths;
// draws is how many subsets are drawn if s has no number. Errors name the list, and the
// class with too few or too many images.
func (s Spec) Resolve(probe dataset.Dataset, draws int) (Protocol, error) {
	p := Protocol{Name: s.Name, Shots: s.Shots}
	if s.drawn() {
		var from []int
		if s.From != "" {
			list, err := readSubset(probe, s.From)
			if err != nil {
				return p, err
			}
			from = list.Rows
		}
		if s.Subsets > 0 {
			draws = s.Subsets
		}
		drawn, err := Shots(probe, from, s.Shots, draws)
		drawn.Name = s.Name
		return drawn, err
	}
	for _, path := range s.Lists {
		subset, err := readSubset(probe, path)
		if err == nil && s.Shots > 0 {
			err = CheckShots(probe, subset, s.Shots)
		}
		if err != nil {
			return p, err
		}
		p.Subsets = append(p.Subsets, subset)
	}
	if len(s.Lists) == 0 {
		p.Subsets = Everything().Subsets
	}
	return p, nil
}

// readSubset reads an index list into the probe set.
func readSubset(probe dataset.Dataset, path string) (Subset, error) {
	indices, err := dataset.IsIndexList(path)
	if err != nil {
		return Subset{}, err
	}
	if !indices {
		return Subset{}, fmt.Errorf("%s: one of several lists must be an index list (.npy)", path)
	}
	rows, err := dataset.ReadRows(probe, path)
	return Subset{Name: path, Rows: rows}, err
}
