package train

import (
	"fmt"
	"strings"
)

// Method names what is trained.
type Method string

// The methods.
const (
	SimCLR Method = "simclr" // Chen et al. 2020: base augmentation only
	BCLI   Method = "bcl-i"  // Zhou et al. 2022: boosted augmentation, one network
)

// Methods lists the methods there are.
func Methods() []Method { return []Method{SimCLR, BCLI} }

// ParseMethod reads the name of a method; case, "_" and "-" do not matter.
func ParseMethod(name string) (Method, error) {
	clean := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for _, m := range Methods() {
		if string(m) == clean {
			return m, nil
		}
	}
	return "", fmt.Errorf("method %q is not one of %v", name, Methods())
}

// Boosted reports whether views are augmented by the memorisation weight.
func (m Method) Boosted() bool { return m == BCLI }
