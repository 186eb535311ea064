package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset/legacy"
	"github.com/bcl-go/bcl/bcl/rng"
)

// ClassOrder says which class of a long tail is how frequent: which sizes classes are dealt.
// With several orders of the same classes, what a class is and how rare it is can be told
// apart.
//
//	""        drawn by the seed of the split
//	given     as the data set numbers them: class 0 is the most frequent
//	reverse   the other way round: class 0 is the rarest
//	seed:N    drawn by the seed N, apart from the samples
//	numpy     drawn as np.random.shuffle does, for [NumPy] only
type ClassOrder string

// The class orders without a number.
const (
	GivenOrder   ClassOrder = "given"
	ReverseOrder ClassOrder = "reverse"
	NumPyOrder   ClassOrder = "numpy"
)

const seedOrder = "seed:"

// Check returns an error if o is none of the class orders.
func (o ClassOrder) Check() error {
	if text, ok := strings.CutPrefix(string(o), seedOrder); ok {
		if _, err := strconv.ParseUint(text, 10, 64); err != nil {
			return fmt.Errorf("class order %q, expected a number from 0 after %s", o, seedOrder)
		}
		return nil
	}
	if o != "" && o != GivenOrder && o != ReverseOrder && o != NumPyOrder {
		return fmt.Errorf("class order %q, expected %s, %s, %sN or %s", o, GivenOrder, ReverseOrder, seedOrder, NumPyOrder)
	}
	return nil
}

// classes lists n classes from the most frequent to the rarest. seed is the split's; numpy is
// its generator, nil without.
func (o ClassOrder) classes(n int, seed uint64, numpy *legacy.Generator) ([]int, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	order := make([]int, n)
	for c := range order {
		order[c] = c
	}
	switch o {
	case GivenOrder:
	case ReverseOrder:
		slices.Reverse(order)
	case NumPyOrder:
		if numpy == nil {
			return nil, fmt.Errorf("class order %s, but the samples are not drawn as NumPy does", o)
		}
		numpy.Shuffle(order)
	default:
		if text, ok := strings.CutPrefix(string(o), seedOrder); ok {
			seed, _ = strconv.ParseUint(text, 10, 64) // checked above
		}
		r := rng.New(seed, rng.Split, streamClassOrder, 0, 0)
		r.Perm(order)
	}
	return order, nil
}
