package checkpoint

import (
	"fmt"
	"slices"

	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// optim is torch.optim.SGD.state_dict().
func (s *Snapshot) optim(t *train.Trainer) (*serialize.Dict, error) {
	state, numbers := serialize.NewDict(), &serialize.List{}
	for i := range nn.Parameters(t.Net) {
		numbers.Items = append(numbers.Items, i)
	}
	for i, b := range t.Opt.Buffers() {
		d := serialize.NewDict()
		if err := s.set(d, "momentum_buffer", b); err != nil {
			return nil, err
		}
		if err := state.Set(i, d); err != nil {
			return nil, err
		}
	}
	group := serialize.NewDict(
		"lr", t.Opt.LR, "momentum", t.Opt.Momentum, "dampening", 0, "weight_decay", t.Opt.WeightDecay,
		"nesterov", false, "maximize", false, "foreach", nil, "differentiable", false, "fused", nil, "params", numbers)
	return serialize.NewDict("state", state, "param_groups", &serialize.List{Items: []any{group}}), nil
}

// restoreOptim restores what optim wrote to t.
func (c *Checkpoint) restoreOptim(t *train.Trainer) error {
	buffers, err := c.momentum(t.Net)
	if err != nil {
		return err
	}
	t.Opt.LoadBuffers(buffers)
	if lr, ok := c.lastLR(); ok {
		t.Opt.LR = lr // until the next step has its own
	}
	return nil
}

// momentum returns the momentum buffers of net's parameters, nil before the first step or
// without momentum: PyTorch then has no entries, or None in old versions.
func (c *Checkpoint) momentum(net nn.Module) (buffers []torch.Tensor, err error) {
	state, ok := child(c.optim, "state")
	if !ok {
		return nil, fmt.Errorf("optim.state is missing")
	}
	if !hasMomentum(state) {
		return nil, nil
	}
	for i, p := range nn.NamedParameters(net) {
		v, _ := state.Get(i)
		d, _ := v.(*serialize.Dict)
		if d == nil {
			return nil, fmt.Errorf("optim.state has no entry %d, for %s", i, p.Name)
		}
		b, _ := d.Lookup("momentum_buffer")
		s, ok := b.(*serialize.Tensor)
		if !ok {
			return nil, fmt.Errorf("optim.state.%d.momentum_buffer is a %T, expected a tensor", i, b)
		}
		tensor, err := bridge.FromFile(s)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(tensor.Shape(), p.Tensor.Shape()) {
			return nil, fmt.Errorf("optim.state.%d.momentum_buffer has shape %v, expected %v, that of %s", i, tensor.Shape(), p.Tensor.Shape(), p.Name)
		}
		buffers = append(buffers, tensor)
	}
	return buffers, nil
}

// hasMomentum reports whether the state of an optimiser has any momentum buffer that is
// not None.
func hasMomentum(state *serialize.Dict) bool {
	for _, v := range state.All() {
		d, ok := v.(*serialize.Dict)
		if !ok {
			return true
		}
		if b, found := d.Lookup("momentum_buffer"); !found || b != nil {
			return true
		}
	}
	return false
}

// lastLR is the learning rate of the last step.
func (c *Checkpoint) lastLR() (lr float64, ok bool) {
	groups, ok := serialize.Lookup[*serialize.List](c.optim, "param_groups")
	if !ok || len(groups.Items) != 1 {
		return 0, false
	}
	group, _ := groups.Items[0].(*serialize.Dict)
	return serialize.Lookup[float64](group, "lr")
}
