package method

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/memory"
)

// Method names what is trained.
type Method string

// The methods. A control differs from its method only in the weights.
const (
	SimCLR       Method = "simclr"         // Chen et al. 2020: base augmentation only
	BCLI         Method = "bcl-i"          // Zhou et al. 2022: boosted augmentation, one network
	SDCLR        Method = "sdclr"          // Jiang et al. 2021: the second view through a pruned network
	BCLD         Method = "bcl-d"          // Zhou et al. 2022: SDCLR with boosted augmentation
	BCLIConstant Method = "bcl-i-constant" // control: weight 1/2 for every sample
	BCLIShuffled Method = "bcl-i-shuffled" // control: weights of other samples
	BCLDConstant Method = "bcl-d-constant"
	BCLDShuffled Method = "bcl-d-shuffled"
	MoCo         Method = "moco"     // He et al. 2020: a queue of negatives from a network that follows the trained one
	BCLMoCo      Method = "bcl-moco" // MoCo with boosted augmentation, as BCLI
)

// The objectives: what is trained, and with which loss. Package train registers them.
const (
	OneNetwork   = "simclr" // both views through one network
	PrunedBranch = "sdclr"  // the second view through a pruned branch
	KeyQueue     = "moco"   // the second view through a momentum network, negatives from a queue
)

// Traits are what distinguishes a method from the others.
type Traits struct {
	Objective   string      // OneNetwork, PrunedBranch or KeyQueue
	Rule        memory.Rule // how samples get their weights
	RandK       int         // published number of boosted operations per view: 1 for BCL-I, 2 for BCL-D; 0 without a boost
	WeightDecay float64     // published
}

type entry struct {
	Method
	Traits
}

// methods is the table, in the order in which methods are listed.
var methods = []entry{
	{SimCLR, Traits{OneNetwork, memory.Zero, 0, 5e-4}},
	{BCLI, Traits{OneNetwork, memory.Boosted, 1, 5e-4}},
	{SDCLR, Traits{PrunedBranch, memory.Zero, 0, 1e-4}},
	{BCLD, Traits{PrunedBranch, memory.Boosted, 2, 1e-4}},
	{BCLIConstant, Traits{OneNetwork, memory.Constant, 1, 5e-4}},
	{BCLIShuffled, Traits{OneNetwork, memory.Shuffled, 1, 5e-4}},
	{BCLDConstant, Traits{PrunedBranch, memory.Constant, 2, 1e-4}},
	{BCLDShuffled, Traits{PrunedBranch, memory.Shuffled, 2, 1e-4}},
	{MoCo, Traits{KeyQueue, memory.Zero, 0, 1e-4}},
	{BCLMoCo, Traits{KeyQueue, memory.Boosted, 1, 1e-4}},
}

// Register adds a method of the caller's own, whose objective package train knows. It
// panics if there is one of that name.
func Register(m Method, t Traits) {
	if _, err := Parse(string(m)); err == nil {
		panic("method: two methods are called " + string(m))
	}
	methods = append(methods, entry{m, t})
}

// All lists the methods.
func All() (all []Method) {
	for _, m := range methods {
		all = append(all, m.Method)
	}
	return all
}

// Parse reads the name of a method; case, "_" and "-" do not matter.
func Parse(name string) (Method, error) {
	clean := Method(strings.ReplaceAll(strings.ToLower(name), "_", "-"))
	if !slices.Contains(All(), clean) {
		return "", fmt.Errorf("method %q is not one of %v", name, All())
	}
	return clean, nil
}

// Traits returns the traits of m; zero for an unknown method.
func (m Method) Traits() Traits {
	for _, x := range methods {
		if x.Method == m {
			return x.Traits
		}
	}
	return Traits{}
}

// Boosted reports whether the sample's weight controls augmentation.
func (m Method) Boosted() bool { return m.Traits().Rule != memory.Zero }
