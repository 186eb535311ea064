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
	// Balanced is the control: the same number of images per class, with a total of the
	// long-tailed split's with the same options, or just below.
	Balanced SplitKind = "balanced"
	// Shots has a fixed number of images per class, for a probe.
	Shots SplitKind = "shots"
)

// SplitSpec describes a split. The same data set gives the same indices.
type SplitSpec struct {
	Kind SplitKind `json:"kind"`
	Seed uint64    `json:"seed"`
	// Imbalance (most frequent over rarest class) and Largest (images of the most
	// frequent class) are for LongTail and Balanced. 0 means 100, and
	// [DefaultLargest].
	Imbalance float64 `json:"imbalance,omitempty"`
	Largest   int     `json:"largest,omitempty"`
	// Shots is the number of images per class for kind Shots.
	Shots int `json:"shots,omitempty"`
}

// Split is a list of samples and how it was made.
type Split struct {
	Spec    SplitSpec // with the defaults filled in
	Indices []int     // grouped by class, as the published lists are
	Counts  []int     // images per class
	ds      Dataset
	exclude []byte // the excluded list, as a file; nil if none
}

// Streams of a split: purpose Split, with these as the epoch.
const (
	streamClassOrder = iota // which class has which rank
	streamSamples           // order of the samples of a class, for training
	streamShots             // the same for probes, but independent
)

// MakeSplit selects samples of ds, which must be labelled, without those in exclude (nil
// excludes none). The class order and, in each class, the order in which samples are
// taken depend only on the seed: a larger split of one seed contains the smaller one's
// samples, and the balanced control shares as many with the long tail as it can.
func MakeSplit(ds Dataset, spec SplitSpec, exclude []int) (*Split, error) {
	classes := ds.Classes()
	if len(classes) == 0 {
		return nil, errors.New("the data set has no labels, which a split needs")
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
			return nil, fmt.Errorf("class %q has %s %s, the split needs %s",
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
			return fmt.Errorf("%d images per class, at least 1 is needed", spec.Shots)
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
		return fmt.Errorf("a number of images per class does not apply to a %s split", spec.Kind)
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
