package dataset

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/rng"
)

// SplitKind is what [MakeSplit] makes.
type SplitKind string

// The kinds of split.
const (
	// LongTail follows [LongTailCounts] over a random order of the classes.
	LongTail SplitKind = "long-tail"
	// Balanced is the control: as many images of every class as add up to the
	// size of the long-tailed split of the same options, or just below.
	Balanced SplitKind = "balanced"
	// Shots has a fixed number of images of every class, for a probe.
	Shots SplitKind = "shots"
)

// SplitSpec describes a split. With the same set, it gives the same indices.
type SplitSpec struct {
	Kind SplitKind `json:"kind"`
	Seed uint64    `json:"seed"`
	// Imbalance (most frequent over rarest class) and Largest (images of the most
	// frequent class) are for LongTail and Balanced. 0 means 100, and
	// [DefaultLargest].
	Imbalance float64 `json:"imbalance,omitempty"`
	Largest   int     `json:"largest,omitempty"`
	// Shots is the images of each class for kind Shots.
	Shots int `json:"shots,omitempty"`
}

// Split is a list of samples and how it came about.
type Split struct {
	Spec    SplitSpec // with the defaults filled in
	Indices []int     // grouped by class, as the published lists are
	Counts  []int     // images of each class
	ds      Dataset
	exclude []byte // the excluded list, as a file; nil if none
}

// Numbers of the streams of a split: purpose Split, with these as the epoch.
const (
	streamClassOrder = iota // which class has which rank
	streamSamples           // order of the samples of a class, for training
	streamShots             // the same for probes, independent of it
)

// MakeSplit chooses samples of ds, which must be labelled, but none of those in
// exclude (nil excludes none). The class order and, in each class, the order in
// which samples are taken depend on the seed alone: a larger split of one seed
// contains the smaller one's samples, and the balanced control shares as many
// with the long tail as it can.
func MakeSplit(ds Dataset, spec SplitSpec, exclude []int) (*Split, error) {
	classes := ds.Classes()
	if len(classes) == 0 {
		return nil, errors.New("the set has no labels, and a split is made by class")
	}
	if err := checkIndices(exclude, ds.Len(), "excluded samples"); err != nil {
		return nil, err
	}
	s := &Split{Spec: spec, ds: ds}
	if err := s.count(); err != nil {
		return nil, err
	}
	out := make(map[int]bool, len(exclude))
	for _, i := range exclude {
		out[i] = true
	}
	if len(exclude) > 0 {
		var err error
		if s.exclude, err = encodeIndexList(exclude); err != nil {
			return nil, err
		}
	}
	members := make([][]int, len(classes))
	for i := range ds.Len() {
		if c := ds.Label(i); c >= 0 && !out[i] {
			members[c] = append(members[c], i)
		}
	}
	stream := uint32(streamSamples)
	if spec.Kind == Shots {
		stream = streamShots
	}
	for c, want := range s.Counts {
		have := members[c]
		if want > len(have) {
			what := "images"
			if len(exclude) > 0 {
				what = "images that are not excluded"
			}
			return nil, fmt.Errorf("class %q has %s %s, the split wants %s",
				classes[c], thousands(len(have)), what, thousands(want))
		}
		order := make([]int, len(have))
		r := rng.New(spec.Seed, rng.Split, stream, uint32(c), 0)
		r.Perm(order)
		for _, k := range order[:want] {
			s.Indices = append(s.Indices, have[k])
		}
	}
	return s, nil
}

// count sets Counts, and fills the defaults of Spec in.
func (s *Split) count() error {
	n := len(s.ds.Classes())
	spec := &s.Spec
	switch spec.Kind {
	case Shots:
		if spec.Shots < 1 {
			return fmt.Errorf("%d images of each class, at least 1 is needed", spec.Shots)
		}
		if spec.Imbalance != 0 || spec.Largest != 0 {
			return errors.New("imbalance and the largest class do not apply to a fixed number of images per class")
		}
		s.Counts = slices.Repeat([]int{spec.Shots}, n)
		return nil
	case LongTail, Balanced:
	default:
		return fmt.Errorf("kind of split %q, expected %s, %s or %s", spec.Kind, LongTail, Balanced, Shots)
	}
	if spec.Shots != 0 {
		return fmt.Errorf("a number of images for each class does not apply to a %s split", spec.Kind)
	}
	if spec.Imbalance == 0 {
		spec.Imbalance = 100
	}
	if spec.Largest == 0 {
		spec.Largest = DefaultLargest(s.ds)
	}
	byRank, err := LongTailCounts(n, spec.Largest, spec.Imbalance)
	if err != nil {
		return err
	}
	if spec.Kind == Balanced {
		total := 0
		for _, k := range byRank {
			total += k
		}
		s.Counts = slices.Repeat([]int{total / n}, n)
		return nil
	}
	s.Counts = make([]int, n)
	order := make([]int, n)
	r := rng.New(spec.Seed, rng.Split, streamClassOrder, 0, 0)
	r.Perm(order)
	for rank, c := range order {
		s.Counts[c] = byRank[rank]
	}
	return nil
}
