package train

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

func init() {
	RegisterObjective(method.PrunedBranch, func(c Config, encoder model.Builder) Objective {
		return &sdclr{net: model.NewSDCLR(encoder), config: c}
	})
}

// sdclr sends the first view through the full branch and the second through the
// pruned one (Jiang et al. 2021, arXiv 2106.02990, section 3.2).
//
// The authors' code takes two losses, each with one side held fixed, and three passes:
// pruned without gradients, full, pruned. The gradient of one loss with respect to both
// sides is the sum of those two, and the two pruned passes are equal, so one loss and two
// passes are enough. See [model.SDCLR.ForwardPruned] for the running statistics.
type sdclr struct {
	net    *model.SDCLR
	config Config
}

func (o *sdclr) Network() model.Network { return o.net }

func (o *sdclr) Capturable() string { return o.config.capturable() }

func (o *sdclr) Signals() []signal.Name { return loss.SignalNames() }

func (o *sdclr) BeginEpoch(seed uint64, epoch int) error {
	return o.net.Prune(o.config.Prune, seed, epoch)
}

func (o *sdclr) Losses(v Views, epoch int) Losses {
	z1 := v.Only(0, o.net.Forward)
	z2 := v.Only(1, o.net.ForwardPruned)
	return o.config.contrastive(z1, z2, epoch)
}

// masksName is the state of the pruned branch: bool tensors by the names of the weights
// that they prune. Between epochs there are no masks; each epoch makes its own.
const masksName = "masks"

func (o *sdclr) State(within bool) state.Dict {
	if !within {
		return nil
	}
	var masks state.Dict
	for _, m := range o.net.Masks() {
		masks = append(masks, state.Entry{Name: m.Name, Value: m.Tensor.To(torch.Bool)})
	}
	return state.Dict{{Name: masksName, Value: masks}}
}

func (o *sdclr) SetState(s state.Dict, within bool) error {
	if !within {
		return nil
	}
	saved, _ := s.Dict(masksName)
	var masks []nn.Named
	for _, m := range saved {
		t, ok := m.Value.(torch.Tensor)
		if !ok {
			return fmt.Errorf("%s.%s is a %T, expected a tensor", masksName, m.Name, m.Value)
		}
		masks = append(masks, nn.Named{Name: m.Name, Tensor: t})
	}
	if err := o.net.SetMasks(masks); err != nil {
		return fmt.Errorf("%s: %w", masksName, err)
	}
	return nil
}
