package dataset

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/rgb"
)

// IndexError reports an index list that does not fit a set.
type IndexError struct {
	Source   string // path of the list; may be empty
	Position int    // in the list, from 0
	Index    int    // the value there
	Len      int    // samples of the set, or -1 if not compared with one
	First    int    // for a repeated index: its earlier position; else -1
}

func (e *IndexError) Error() string {
	at := fmt.Sprintf("entry %d: index %d", e.Position, e.Index)
	if e.Source != "" {
		at = e.Source + ": " + at
	}
	switch {
	case e.First >= 0:
		return fmt.Sprintf("%s is already at entry %d", at, e.First)
	case e.Index < 0:
		return at + " is negative"
	}
	return fmt.Sprintf("%s is beyond the set of %s samples", at, thousands(e.Len))
}

// checkIndices returns an *IndexError for the first negative or repeated index, or one
// that is not below n (n < 0: no limit).
func checkIndices(indices []int, n int, source string) error {
	most := -1
	for _, i := range indices {
		most = max(most, i)
	}
	seen := newSeen(indices, most)
	for p, i := range indices {
		if i < 0 || n >= 0 && i >= n {
			return &IndexError{Source: source, Position: p, Index: i, Len: n, First: -1}
		}
		if seen.add(i) {
			return &IndexError{Source: source, Position: p, Index: i, Len: n, First: slices.Index(indices, i)}
		}
	}
	return nil
}

// seen is a set of indices: a bit each, or a map of few that are large.
type seen struct {
	bits []uint64
	few  map[int]bool
}

func newSeen(indices []int, most int) *seen {
	if most/64 > 16*len(indices)+1024 {
		return &seen{few: make(map[int]bool, len(indices))}
	}
	return &seen{bits: make([]uint64, max(most, 0)/64+1)}
}

// add adds an index that is not negative, and reports whether it was there.
func (s *seen) add(i int) (was bool) {
	if s.bits == nil {
		was, s.few[i] = s.few[i], true
		return was
	}
	was = s.bits[i/64]>>(i%64)&1 == 1
	s.bits[i/64] |= 1 << (i % 64)
	return was
}

// subset is some samples of another data set, in the order of the list.
type subset struct {
	Dataset
	indices []int
}

// Subset returns the samples of ds at indices, in that order. Sample k keeps the name,
// label and image of sample indices[k] of ds. An index that is negative, repeated or not
// below ds.Len() is an [*IndexError].
func Subset(ds Dataset, indices []int) (Dataset, error) {
	if err := checkIndices(indices, ds.Len(), ""); err != nil {
		return nil, err
	}
	return &subset{ds, slices.Clone(indices)}, nil
}

// SubsetFile is [Subset] by the index list in a file, which errors name. Indices count as
// in [ReadRows].
func SubsetFile(ds Dataset, path string) (Dataset, error) {
	rows, err := ReadRows(ds, path)
	if err != nil {
		return nil, err
	}
	return &subset{ds, rows}, nil
}

func (s *subset) Len() int                        { return len(s.indices) }
func (s *subset) Image(k int) (*rgb.Image, error) { return s.Dataset.Image(s.indices[k]) }
func (s *subset) Label(k int) int                 { return s.Dataset.Label(s.indices[k]) }
func (s *subset) Name(k int) string               { return s.Dataset.Name(s.indices[k]) }
