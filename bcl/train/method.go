package train

import (
	"fmt"
	"strings"

	"github.com/bcl-go/bcl/bcl/memory"
)

// Method names what is trained.
type Method string

// The methods. A control differs from its method in the weights alone.
const (
	SimCLR       Method = "simclr"         // Chen et al. 2020: base augmentation only
	BCLI         Method = "bcl-i"          // Zhou et al. 2022: boosted augmentation, one network
	SDCLR        Method = "sdclr"          // Jiang et al. 2021: the second view through a pruned network
	BCLD         Method = "bcl-d"          // Zhou et al. 2022: SDCLR with boosted augmentation
	BCLIConstant Method = "bcl-i-constant" // control: weight 1/2 for every sample
	BCLIShuffled Method = "bcl-i-shuffled" // control: weights of other samples
	BCLDConstant Method = "bcl-d-constant"
	BCLDShuffled Method = "bcl-d-shuffled"
)

// traits are what tells a method from the others.
type traits struct {
	objective   string // see [RegisterObjective]
	rule        memory.Rule
	randK       int // boosted operations of a view; 0 without a boost
	weightDecay float64
}

var methods = map[Method]traits{
	SimCLR:       {"simclr", memory.Zero, 0, 5e-4},
	BCLI:         {"simclr", memory.Boosted, 1, 5e-4},
	SDCLR:        {"sdclr", memory.Zero, 0, 1e-4},
	BCLD:         {"sdclr", memory.Boosted, 2, 1e-4},
	BCLIConstant: {"simclr", memory.Constant, 1, 5e-4},
	BCLIShuffled: {"simclr", memory.Shuffled, 1, 5e-4},
	BCLDConstant: {"sdclr", memory.Constant, 2, 1e-4},
	BCLDShuffled: {"sdclr", memory.Shuffled, 2, 1e-4},
}

// Methods lists the methods there are.
func Methods() []Method {
	return []Method{SimCLR, BCLI, SDCLR, BCLD, BCLIConstant, BCLIShuffled, BCLDConstant, BCLDShuffled}
}

// ParseMethod reads the name of a method; case, "_" and "-" do not matter.
func ParseMethod(name string) (Method, error) {
	clean := Method(strings.ReplaceAll(strings.ToLower(name), "_", "-"))
	if _, ok := methods[clean]; ok {
		return clean, nil
	}
	return "", fmt.Errorf("method %q is not one of %v", name, Methods())
}

// Boosted reports whether views are augmented by a weight of the sample.
func (m Method) Boosted() bool { return m.Rule() != memory.Zero }

// Rule is how weights are given to samples.
func (m Method) Rule() memory.Rule { return methods[m].rule }

// Objective names what is trained: the network and the loss.
func (m Method) Objective() string { return methods[m].objective }

// RandK is the published number of boosted operations of a view: 1 for BCL-I, 2 for
// BCL-D, 0 without a boost.
func (m Method) RandK() int { return methods[m].randK }
