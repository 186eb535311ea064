package run

import (
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
)

// format is the version of the dict "bcl" in a checkpoint.
const format = 1

// Save writes a checkpoint of t that torch.load(weights_only=True) reads: the
// authors' keys epoch, state_dict and optim, and a dict bcl with the rest of what
// a run is (docs/format.md). config is the text of config.yaml. It must run inside
// [torch.Do].
func Save(path string, t *train.Trainer, config []byte) error {
	weights := serialize.NewOrderedDict()
	for _, n := range nn.StateDict(t.Net) {
		s, err := n.Tensor.Serial()
		if err != nil {
			return err
		}
		if err := weights.Set(n.Name, s); err != nil {
			return err
		}
	}
	optim, err := optimDict(t)
	if err != nil {
		return err
	}
	mem, err := memoryDict(t.Memory.State())
	if err != nil {
		return err
	}
	masks, err := masksValue(t)
	if err != nil {
		return err
	}
	libtorch, err := torch.Version()
	if err != nil {
		return err
	}
	bcl := serialize.NewDict(
		"format", format,
		"program", Version(),
		"libtorch", libtorch,
		"config", string(config),
		"position", serialize.NewDict(
			"epoch", t.Position.Epoch, "batch", t.Batch, "step", t.Step, "loss_sum", t.LossSum),
		"memory", mem,
		"masks", masks,
	)
	if err := setHarmony(bcl, t); err != nil {
		return err
	}
	return serialize.Save(path, serialize.NewDict(
		"epoch", t.Position.Epoch-1, // complete ones, as the authors count
		"state_dict", weights,
		"optim", optim,
		"bcl", bcl))
}

// optimDict is torch.optim.SGD.state_dict().
func optimDict(t *train.Trainer) (*serialize.Dict, error) {
	state, numbers := serialize.NewDict(), &serialize.List{}
	for i := range nn.Parameters(t.Net) {
		numbers.Items = append(numbers.Items, i)
	}
	for i, b := range t.Opt.Buffers() {
		s, err := b.Serial()
		if err != nil {
			return nil, err
		}
		if err := state.Set(i, serialize.NewDict("momentum_buffer", s)); err != nil {
			return nil, err
		}
	}
	group := serialize.NewDict(
		"lr", t.Opt.LR, "momentum", t.Opt.Momentum, "dampening", 0, "weight_decay", t.Opt.WeightDecay,
		"nesterov", false, "maximize", false, "foreach", nil, "differentiable", false, "fused", nil, "params", numbers)
	return serialize.NewDict("state", state, "param_groups", &serialize.List{Items: []any{group}}), nil
}

func memoryDict(s memory.State) (*serialize.Dict, error) {
	d := serialize.NewDict()
	for _, f := range []struct {
		name   string
		tensor func() torch.Tensor
	}{
		{"loss", func() torch.Tensor { return torch.FromSlice(s.Loss) }},
		{"seen", func() torch.Tensor { return torch.FromSlice(s.Seen) }},
		{"weights", func() torch.Tensor { return torch.FromSlice(s.Weights) }},
	} {
		var v any
		if f.name != "weights" || s.Weights != nil {
			st, err := f.tensor().Serial()
			if err != nil {
				return nil, err
			}
			v = st
		}
		if err := d.Set(f.name, v); err != nil {
			return nil, err
		}
	}
	return d, nil
}
