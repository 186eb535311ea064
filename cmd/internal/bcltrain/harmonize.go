package bcltrain

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// harmonize are the settings of Geometric Harmonization.
type harmonize struct {
	on bool
	harmony.Config
}

func (h *harmonize) flags(f *pflag.FlagSet) {
	h.Config = harmony.Published()
	f.BoolVar(&h.on, "harmonize", false, "Geometric Harmonization, with any method")
	f.IntVar(&h.Classes, "harmonize-classes", h.Classes, "its surrogate classes")
	f.IntVar(&h.From, "harmonize-from", h.From, "first `epoch` of its loss; 0: when half of them are done")
	f.IntVar(&h.Ramp, "harmonize-ramp", h.Ramp, "epochs until its loss has its full weight")
	f.Float64Var(&h.Weight, "harmonize-weight", h.Weight, "weight of its loss beside the contrastive one")
	f.Float64Var(&h.Momentum, "harmonize-momentum", h.Momentum, "share of the past in its histories of logits")
	f.IntVar(&h.Iterations, "harmonize-iterations", h.Iterations, "iterations of Sinkhorn's algorithm")
	f.IntVar(&h.Floor, "harmonize-floor", h.Floor, "samples added to each class when shares are estimated")
	f.Float64Var(&h.LRShare, "harmonize-lr-share", h.LRShare, "share of --lr that is left when its loss begins; 0: the schedule stays")
}

// resolve returns what training needs, nothing without the option.
func (h *harmonize) resolve(f *pflag.FlagSet) ([]loss.AuxiliaryConfig, error) {
	if h.on {
		return []loss.AuxiliaryConfig{h.Config}, nil
	}
	var err error
	f.Visit(func(flag *pflag.Flag) {
		if strings.HasPrefix(flag.Name, "harmonize-") && err == nil {
			err = cli.Usagef("--%s does nothing without --harmonize", flag.Name)
		}
	})
	return nil, err
}
