package memory

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Rule is how samples get their weights, which control the strength of augmentation.
type Rule int

// The rules. Constant and Shuffled are controls that the paper lacks: weights have the
// mean 1/2, so BCL also augments the average sample more than its baseline does. Constant
// gives every sample that average; Shuffled gives the epoch's true weights to samples
// drawn at random. A gain of BCL over both is due to which sample gets which weight.
//
// Both start as BCL does, with weight 0 in the first epoch, so that the first epoch of
// all three is the same and they differ only in the rule.
const (
	Zero     Rule = iota // no boosted augmentation: SimCLR, SDCLR
	Boosted              // the memorisation weight: BCL
	Constant             // 1/2
	Shuffled             // the memorisation weight of another sample
)

// String returns the rule's name.
func (r Rule) String() string {
	if names := [...]string{"zero", "boosted", "constant", "shuffled"}; r >= 0 && int(r) < len(names) {
		return names[r]
	}
	return fmt.Sprintf("Rule(%d)", int(r))
}

// Rule returns the weights of an epoch by rule r, as a function of the sample. The
// permutation of Shuffled depends only on seed and epoch. The function is valid until the
// next EndEpoch or SetState.
func (m *Memory) Rule(r Rule, seed uint64, epoch int) func(sample int) float64 {
	switch {
	case r == Boosted:
		return m.Weight
	case r == Constant && m.weights != nil:
		return func(int) float64 { return 0.5 }
	case r == Shuffled && m.weights != nil:
		other := make([]int, m.Len())
		stream := rng.New(seed, rng.Shuffle, uint32(epoch), 0, 0)
		stream.Perm(other)
		return func(sample int) float64 { return m.weights[other[sample]] }
	}
	return func(int) float64 { return 0 }
}
