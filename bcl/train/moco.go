package train

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

func init() {
	RegisterObjective(method.KeyQueue, func(c Config, encoder model.Builder) Objective {
		return &moco{net: model.NewMoCo(encoder, c.Queue), config: c}
	})
}

// moco contrasts the first view, through the network that is trained, with the second through
// one that follows it, and with a queue of earlier keys (He et al. 2020, arXiv 1911.05722,
// algorithm 1). Negatives are as many as the queue has keys, whatever the batch.
//
// The released code shuffles the keys over several GPUs, so that batch normalisation does not
// tell a key's batch; on one device there is nothing to shuffle.
type moco struct {
	net    *model.MoCo
	config Config
}

func (o *moco) Network() model.Network { return o.net }

func (o *moco) Capturable() string { return o.config.capturable() }

func (o *moco) Signals() []signal.Name { return loss.SignalNames() }

func (o *moco) BeginEpoch(uint64, int) error { return nil }

func (o *moco) Losses(v Views, epoch int) Losses {
	q := v.Only(0, o.net.Forward)
	var raw, k, keys torch.Tensor // raw: not normalised, as LoTaR's weights need it
	torch.NoGrad(func() {
		o.net.Follow()
		raw = v.Only(1, o.net.ForwardKey)
		k = raw.Normalize(1, 1e-12)
		keys = o.net.Queue() // as it is before this batch, also for the backward pass
		o.net.Enqueue(k)
	})
	l, signals := loss.InfoNCE(q, k, keys, o.config.temperature(epoch))
	return Losses{PerSample: l, Signals: signals, Weights: o.config.Reweight.Weights(q, raw), Z1: q, Z2: k}
}

// Buffers are what a step changes besides weights and running statistics.
func (o *moco) Buffers() []nn.Named { return o.net.State() }

// mocoName is the state of key network and queue: tensors by their names.
const mocoName = "moco"

func (o *moco) State(bool) state.Dict {
	var all state.Dict
	for _, n := range o.net.State() {
		all = append(all, state.Entry{Name: n.Name, Value: n.Tensor})
	}
	return state.Dict{{Name: mocoName, Value: all}}
}

func (o *moco) SetState(s state.Dict, _ bool) error {
	saved, ok := s.Dict(mocoName)
	if !ok {
		return fmt.Errorf("%s is missing: the run that wrote this had no queue", mocoName)
	}
	for _, n := range o.net.State() {
		v, _ := saved.Get(n.Name)
		t, ok := v.(torch.Tensor)
		switch {
		case !ok:
			return fmt.Errorf("%s.%s is a %T, expected a tensor", mocoName, n.Name, v)
		case !sameShape(t, n.Tensor):
			return fmt.Errorf("%s.%s has shape %v, expected %v", mocoName, n.Name, t.Shape(), n.Tensor.Shape())
		}
	}
	torch.NoGrad(func() {
		for _, n := range o.net.State() {
			v, _ := saved.Get(n.Name)
			n.Tensor.Copy_(v.(torch.Tensor))
		}
	})
	return nil
}

func sameShape(a, b torch.Tensor) bool {
	return slices.Equal(a.Shape(), b.Shape()) && a.DType() == b.DType()
}
