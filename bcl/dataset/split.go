package dataset

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/bcl-go/bcl/bcl/dataset/legacy"
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
	// Shape and Order are for LongTail: how the sizes fall, and which class has which.
	Shape SplitShape `json:"shape,omitempty"`
	Order ClassOrder `json:"order,omitempty"`
	// Draw is how the samples of a class are chosen.
	Draw SplitDraw `json:"draw,omitempty"`
	// Shots is the number of images per class for kind Shots.
	Shots int `json:"shots,omitempty"`
}

// SplitShape is how the sizes of a long tail fall.
type SplitShape string

// The shapes; "" is Exponential.
const (
	Exponential SplitShape = "exponential" // [LongTailCounts]
	Step        SplitShape = "step"        // [StepCounts]
)

// SplitDraw is how samples are chosen.
type SplitDraw string

// NumPy chooses as the code of LDAM (Cao et al., NeurIPS 2019, arXiv 1906.07413) and its many
// descendants do: np.random.seed(Seed), then np.random.shuffle for one class after the other,
// the most frequent first, of which the first samples are taken. "" is streams of package rng.
const NumPy SplitDraw = "numpy"

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
	var numpy *legacy.Generator
	switch spec.Draw {
	case "":
	case NumPy:
		if spec.Seed > math.MaxUint32 {
			return nil, fmt.Errorf("seed %d, NumPy takes at most %d", spec.Seed, uint32(math.MaxUint32))
		}
		numpy = legacy.New(uint32(spec.Seed))
	default:
		return nil, fmt.Errorf("samples drawn by %q, expected %s or nothing", spec.Draw, NumPy)
	}
	order, err := s.count(numpy)
	if err != nil {
		return nil, err
	}
	out := make(map[int]bool, len(exclude))
	for _, i := range exclude {
		out[i] = true
	}
	if len(exclude) > 0 {
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
	for _, c := range order {
		want, have := s.Counts[c], members[c]
		if want > len(have) {
			what := "images"
			if len(exclude) > 0 {
				what = "images that are not excluded"
			}
			return nil, fmt.Errorf("class %q has %s %s, the split needs %s",
				classes[c], thousands(len(have)), what, thousands(want))
		}
		if numpy != nil {
			numpy.Shuffle(have)
			s.Indices = append(s.Indices, have[:want]...)
			continue
		}
		taken := make([]int, len(have))
		r := rng.New(spec.Seed, rng.Split, stream, uint32(c), 0)
		r.Perm(taken)
		for _, k := range taken[:want] {
			s.Indices = append(s.Indices, have[k])
		}
	}
	return s, nil
}

// count sets Counts, fills the defaults of Spec in, and returns the order in which samples of
// the classes are drawn.
func (s *Split) count(numpy *legacy.Generator) (classes []int, err error) {
	n := len(s.ds.Classes())
	classes, err = GivenOrder.classes(n, 0, nil)
	if err != nil {
		return nil, err
	}
	spec := &s.Spec
	if spec.Kind != LongTail && (spec.Order != "" || spec.Shape != "" && spec.Kind != Balanced) {
		return nil, fmt.Errorf("an order of classes and a shape do not apply to a %s split", spec.Kind)
	}
	switch spec.Kind {
	case Shots:
		if spec.Shots < 1 {
			return nil, fmt.Errorf("%d images per class, at least 1 is needed", spec.Shots)
		}
		if spec.Imbalance != 0 || spec.Largest != 0 {
			return nil, errors.New("imbalance and the largest class do not apply to a fixed number of images per class")
		}
		s.Counts = slices.Repeat([]int{spec.Shots}, n)
		return classes, nil
	case LongTail, Balanced:
	default:
		return nil, fmt.Errorf("kind of split %q, expected %s, %s or %s", spec.Kind, LongTail, Balanced, Shots)
	}
	if spec.Shots != 0 {
		return nil, fmt.Errorf("a number of images per class does not apply to a %s split", spec.Kind)
	}
	if spec.Imbalance == 0 {
		spec.Imbalance = 100
	}
	if spec.Largest == 0 {
		spec.Largest = DefaultLargest(s.ds)
	}
	byRank, err := spec.Shape.counts(n, spec.Largest, spec.Imbalance)
	if err != nil {
		return nil, err
	}
	if spec.Kind == Balanced {
		total := 0
		for _, k := range byRank {
			total += k
		}
		s.Counts = slices.Repeat([]int{total / n}, n)
		return classes, nil
	}
	ranked, err := spec.Order.classes(n, spec.Seed, numpy)
	if err != nil {
		return nil, err
	}
	s.Counts = make([]int, n)
	for rank, c := range ranked {
		s.Counts[c] = byRank[rank]
	}
	if numpy != nil {
		return ranked, nil
	}
	return classes, nil
}

// counts returns how many images the class of rank 0, 1, ... has.
func (s SplitShape) counts(classes, largest int, imbalance float64) ([]int, error) {
	switch s {
	case "", Exponential:
		return LongTailCounts(classes, largest, imbalance)
	case Step:
		return StepCounts(classes, largest, imbalance)
	}
	return nil, fmt.Errorf("shape %q, expected %s or %s", s, Exponential, Step)
}
