package train

import (
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/signal"
)

func init() {
	RegisterObjective(method.OneNetwork, func(c Config, encoder model.Builder) Objective {
		return &simclr{net: model.NewSimCLR(encoder), config: c}
	})
}

// simclr sends both views through one network at once, so that they share the
// statistics of batch normalisation (Chen et al. 2020, arXiv 2002.05709), or with BN
// PerView one after the other, each with its own.
type simclr struct {
	stateless
	net    *model.SimCLR
	config Config
}

func (o *simclr) Network() model.Network { return o.net }

func (o *simclr) Capturable() string { return o.config.capturable() }

func (o *simclr) Signals() []signal.Name { return loss.SignalNames() }

func (o *simclr) Losses(v Views, epoch int) Losses {
	if o.config.BN == PerView {
		return o.config.contrastive(v.Only(0, o.net.Forward), v.Only(1, o.net.Forward), epoch)
	}
	z := v.Each(o.net.Forward)
	return o.config.contrastive(z[0], z[1], epoch)
}
