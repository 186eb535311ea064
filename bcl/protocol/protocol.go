package protocol

import (
	"cmp"
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
)

// Protocol is what classifiers are fitted on: one or more subsets of the probe set, over
// which results are averaged.
type Protocol struct {
	Name    string // such as "full" or "100-shot"; may be ""
	Shots   int    // images per class; 0: as they are
	Subsets []Subset
}

// Subset is some samples of the probe set.
type Subset struct {
	Name string // such as the file that lists them
	Rows []int  // nil: all
}

// Everything is the protocol of all of the probe set.
func Everything() Protocol { return Protocol{Subsets: []Subset{{}}} }

// Shots returns the protocol of k images per class: subsets number of draws (seeds 1,
// 2, ...) by [dataset.MakeSplit] among some rows of the probe set (nil: all). The
// error names a class with fewer images.
func Shots(ds dataset.Dataset, rows []int, k, subsets int) (Protocol, error) {
	p := Protocol{Name: ShotsName(k), Shots: k}
	from := ds
	if rows != nil {
		var err error
		if from, err = dataset.Subset(ds, rows); err != nil {
			return p, err
		}
	}
	if subsets < 1 {
		return p, fmt.Errorf("%s: %d subsets, at least 1 is needed", p.Name, subsets)
	}
	for seed := 1; seed <= subsets; seed++ {
		split, err := dataset.MakeSplit(from, dataset.SplitSpec{Kind: dataset.Shots, Seed: uint64(seed), Shots: k}, nil)
		if err != nil {
			return p, fmt.Errorf("%s: %w", p.Name, err)
		}
		s := Subset{Name: fmt.Sprintf("seed %d", seed), Rows: split.Indices}
		if rows != nil {
			for i, at := range s.Rows {
				s.Rows[i] = rows[at]
			}
		}
		p.Subsets = append(p.Subsets, s)
	}
	return p, nil
}

// CheckShots returns an error that names a class of which a subset does not have exactly
// k images.
func CheckShots(ds dataset.Dataset, s Subset, k int) error {
	counts, err := s.counts(ds)
	if err != nil {
		return err
	}
	for c, n := range counts {
		if n != k {
			return fmt.Errorf("%s: class %q has %d images, expected %d", s.Name, ds.Classes()[c], n, k)
		}
	}
	return nil
}

// Check returns an error if there are no subsets, or one that names a class of which a
// subset has no images to fit on.
func (p Protocol) Check(ds dataset.Dataset) error {
	if len(p.Subsets) == 0 {
		return fmt.Errorf("protocol %q has no subsets", p.Name)
	}
	for _, s := range p.Subsets {
		counts, err := s.counts(ds)
		if err != nil {
			return err
		}
		for c, n := range counts {
			if n == 0 {
				return fmt.Errorf("%s: class %q has no image to fit on", cmp.Or(s.Name, "the probe set"), ds.Classes()[c])
			}
		}
	}
	return nil
}

// counts returns how many images of each class s has.
func (s Subset) counts(ds dataset.Dataset) ([]int, error) {
	if s.Rows == nil {
		counts, _ := dataset.Counts(ds)
		return counts, nil
	}
	counts := make([]int, len(ds.Classes()))
	for _, i := range s.Rows {
		if i < 0 || i >= ds.Len() {
			return nil, fmt.Errorf("%s: index %d is not in the set of %d images", s.Name, i, ds.Len())
		}
		if c := ds.Label(i); c >= 0 && c < len(counts) {
			counts[c]++
		}
	}
	return counts, nil
}

// Len returns how many samples s has of ds.
func (s Subset) Len(ds dataset.Dataset) int {
	if s.Rows == nil {
		return ds.Len()
	}
	return len(s.Rows)
}
