package method

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/memory"
)

// The objectives: which networks see the two views of a sample.
const (
	SimCLR = "simclr" // one network sees both (Chen et al., ICML 2020)
	SDCLR  = "sdclr"  // the second view goes through a pruned copy (Jiang et al., ICML 2021)
)

// Method is what is trained: an objective, and how views are augmented.
type Method struct {
	Name        string
	Objective   string      // SimCLR or SDCLR
	Rule        memory.Rule // which memorisation weight a sample gets
	RandK       int         // published number of boosted operations of a view; 0 without a boost
	WeightDecay float64     // published
}

// methods are BCL (Zhou et al., ICML 2022, arXiv 2205.12693) on both objectives, the
// baselines, and controls, which differ from their method in the weights alone.
var methods = []Method{
	{"simclr", SimCLR, memory.Zero, 0, 5e-4},
	{"bcl-i", SimCLR, memory.Boosted, 1, 5e-4},
	{"sdclr", SDCLR, memory.Zero, 0, 1e-4},
	{"bcl-d", SDCLR, memory.Boosted, 2, 1e-4},
	{"bcl-i-constant", SimCLR, memory.Constant, 1, 5e-4},
	{"bcl-i-shuffled", SimCLR, memory.Shuffled, 1, 5e-4},
	{"bcl-d-constant", SDCLR, memory.Constant, 2, 1e-4},
	{"bcl-d-shuffled", SDCLR, memory.Shuffled, 2, 1e-4},
}

// All returns the methods there are.
func All() []Method { return slices.Clone(methods) }

// Names returns the names of the methods.
func Names() []string {
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = m.Name
	}
	return names
}

// Parse returns the method of a name; case, "_" and "-" do not matter.
func Parse(name string) (Method, error) {
	clean := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for _, m := range methods {
		if m.Name == clean {
			return m, nil
		}
	}
	return Method{}, fmt.Errorf("method %q is not one of %v", name, Names())
}

// Boosted reports whether views are augmented by a weight of the sample.
func (m Method) Boosted() bool { return m.Rule != memory.Zero }

// String returns the name.
func (m Method) String() string { return m.Name }
