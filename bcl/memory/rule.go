package memory

import (
	"slices"

	"github.com/bcl-go/bcl/bcl/rng"
)

// Rule names how samples get their weights, which control the strength of augmentation.
type Rule string

// The rules. Those after Boosted are controls that the paper lacks: weights have the mean
// 1/2, so BCL also augments the average sample more than its baseline does. Constant gives
// every sample that average. Shuffled gives the epoch's true weights to other samples, drawn
// anew each epoch: over the epochs each sample has the average too. ShuffledOnce gives each
// sample the weights of one other sample for the whole run, as lasting as the true ones. A gain
// of BCL over all three is due to which sample gets which weight. Inverted boosts the samples
// that the memory takes for the head.
//
// Oracle and InvertedOracle know the labels and are for analysis only: the weights that the
// memory would have if its momentum were the negative log of the size of the sample's class.
//
// All start as BCL does, with weight 0 in the first epoch, so that the first epoch is the same
// and they differ only in the rule.
const (
	None           Rule = "none"            // not a rule: no control
	Zero           Rule = "zero"            // no boosted augmentation: SimCLR, SDCLR
	Boosted        Rule = "boosted"         // the memorisation weight: BCL
	Constant       Rule = "constant"        // 1/2
	Shuffled       Rule = "shuffled"        // the weight of another sample, drawn each epoch
	ShuffledOnce   Rule = "shuffled-once"   // the weight of another sample, drawn once a run
	Inverted       Rule = "inverted"        // 1 - the memorisation weight
	Oracle         Rule = "oracle"          // by the true sizes of classes, for analysis only
	InvertedOracle Rule = "inverted-oracle" // 1 - that
)

// weights are those of an epoch, as a function of the sample, of a memory that has some.
type weights = func(m *Memory, seed uint64, epoch int) func(sample int) float64

// rule is a row of the table.
type rule struct {
	name    Rule
	control bool // that can replace the memory's weights
	labels  bool // needs the sizes of classes
	weights weights
}

// rules is the table, in the order of lists and help.
var rules = []rule{
	{name: Zero, weights: func(*Memory, uint64, int) func(int) float64 { return zero }},
	{name: Boosted, weights: func(m *Memory, _ uint64, _ int) func(int) float64 { return m.Weight }},
	{name: Constant, control: true, weights: func(*Memory, uint64, int) func(int) float64 {
		return func(int) float64 { return 0.5 }
	}},
	{name: Shuffled, control: true, weights: func(m *Memory, seed uint64, epoch int) func(int) float64 {
		return m.dealt(seed, epoch)
	}},
	{name: ShuffledOnce, control: true, weights: func(m *Memory, seed uint64, _ int) func(int) float64 {
		return m.dealt(seed, 0) // epochs are counted from 1
	}},
	{name: Inverted, control: true, weights: func(m *Memory, _ uint64, _ int) func(int) float64 {
		return func(sample int) float64 { return 1 - m.weights[sample] }
	}},
	{name: Oracle, control: true, labels: true, weights: func(m *Memory, _ uint64, _ int) func(int) float64 {
		return func(sample int) float64 { return m.oracle[sample] }
	}},
	{name: InvertedOracle, control: true, labels: true, weights: func(m *Memory, _ uint64, _ int) func(int) float64 {
		return func(sample int) float64 { return 1 - m.oracle[sample] }
	}},
}

// Controls lists the names that Config.Control takes.
func Controls() []string {
	names := []string{string(None)}
	for _, r := range rules {
		if r.control {
			names = append(names, string(r.name))
		}
	}
	return names
}

// find returns the row of a rule; one that does not exist, or none, has no weights.
func find(r Rule) rule {
	if i := slices.IndexFunc(rules, func(x rule) bool { return x.name == r }); i >= 0 {
		return rules[i]
	}
	return rule{}
}

func zero(int) float64 { return 0 }

// dealt returns the weights, dealt to the samples by a permutation of an epoch's stream.
func (m *Memory) dealt(seed uint64, epoch int) func(sample int) float64 {
	other := make([]int, m.Len())
	stream := rng.New(seed, rng.Shuffle, uint32(epoch), 0, 0)
	stream.Perm(other)
	return func(sample int) float64 { return m.weights[other[sample]] }
}

// Rule returns the weights of an epoch by rule r, as a function of the sample; 0 before there
// are any. Permutations depend only on the seed and, unless they are drawn once, the epoch. The
// function is valid until the next EndEpoch or SetState.
func (m *Memory) Rule(r Rule, seed uint64, epoch int) func(sample int) float64 {
	of := find(r).weights
	if m.weights == nil || of == nil {
		return zero
	}
	return of(m, seed, epoch)
}
