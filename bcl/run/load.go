package run

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
)

// Checkpoint is a checkpoint file in memory: ours, the authors', or a bare state dict.
type Checkpoint struct {
	Path    string
	Epoch   int             // complete epochs; 0 if the file does not say
	Weights *serialize.Dict // state dict
	optim   *serialize.Dict // nil in a bare state dict
	bcl     *serialize.Dict // nil if the file is not ours
}

// Load reads a checkpoint.
func Load(path string) (*Checkpoint, error) {
	tree, err := serialize.Load(path)
	if err != nil {
		return nil, err
	}
	top, ok := tree.(*serialize.Dict)
	if !ok {
		return nil, fmt.Errorf("%s: holds a %T, expected a dict with state_dict, or a state dict", path, tree)
	}
	c := &Checkpoint{Path: path, Weights: top}
	if w, found := top.Lookup("state_dict"); found {
		if c.Weights, ok = w.(*serialize.Dict); !ok {
			return nil, fmt.Errorf("%s: state_dict is a %T, expected a dict", path, w)
		}
		epoch, _ := top.Lookup("epoch")
		n, _ := epoch.(int64)
		c.Epoch = int(n)
		c.optim, _ = child(top, "optim")
		c.bcl, _ = child(top, "bcl")
	}
	if c.Weights.Len() == 0 {
		return nil, fmt.Errorf("%s: no weights in it", path)
	}
	for k, v := range c.Weights.All() {
		if _, ok := v.(*serialize.Tensor); !ok {
			return nil, fmt.Errorf("%s: %v is a %T, expected a tensor", path, k, v)
		}
	}
	return c, nil
}

func child(d *serialize.Dict, name string) (*serialize.Dict, bool) {
	v, _ := d.Lookup(name)
	c, ok := v.(*serialize.Dict)
	return c, ok
}

// Config returns the config.yaml of the run that wrote c; "" if the file is not ours.
func (c *Checkpoint) Config() string {
	if c.bcl == nil {
		return ""
	}
	v, _ := c.bcl.Lookup("config")
	s, _ := v.(string)
	return s
}

// IsDual reports whether the weights are those of a network with a pruned branch.
// Their names tell, in the authors' files too.
func (c *Checkpoint) IsDual() bool {
	var names []string
	for k := range c.Weights.All() {
		names = append(names, fmt.Sprint(k))
	}
	return model.IsDual(names)
}

// LoadWeights copies the weights into a network. It must run inside [torch.Do].
func (c *Checkpoint) LoadWeights(net nn.Module) error {
	var state []nn.Named
	for k, v := range c.Weights.All() {
		t, err := torch.FromSerial(v.(*serialize.Tensor))
		if err != nil {
			return fmt.Errorf("%s: %v: %w", c.Path, k, err)
		}
		state = append(state, nn.Named{Name: fmt.Sprint(k), Tensor: t})
	}
	if err := nn.LoadStateDict(net, state); err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	return nil
}

// Restore puts t, made with the settings of the run that wrote c, where that run
// was. It must run inside [torch.Do].
func (c *Checkpoint) Restore(t *train.Trainer) error {
	if c.bcl == nil || c.optim == nil {
		return fmt.Errorf("%s: not a checkpoint of bcl-train: it lacks the momentum loss and the place in the epoch, so the run cannot go on exactly", c.Path)
	}
	if err := c.restore(t); err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	return c.LoadWeights(t.Net)
}

func (c *Checkpoint) restore(t *train.Trainer) error {
	position, ok := child(c.bcl, "position")
	if !ok {
		return fmt.Errorf("bcl.position is missing")
	}
	p := fields{position, nil}
	at := train.Position{Epoch: p.int("epoch"), Batch: p.int("batch"), Step: p.int("step"), LossSum: p.float("loss_sum")}
	mem, ok := child(c.bcl, "memory")
	if !ok {
		return fmt.Errorf("bcl.memory is missing")
	}
	m := fields{mem, nil}
	state := memory.State{Loss: tensorOf[float32](&m, "loss"), Seen: tensorOf[bool](&m, "seen"), Weights: tensorOf[float64](&m, "weights")}
	if p.err != nil || m.err != nil {
		return fmt.Errorf("position %v, memory %v", p.err, m.err)
	}
	if err := t.Memory.SetState(state); err != nil {
		return err
	}
	t.Position = at
	if err := c.restoreMasks(t); err != nil {
		return err
	}
	if err := c.restoreHarmony(t); err != nil {
		return err
	}
	return c.restoreOptim(t)
}

func (c *Checkpoint) restoreOptim(t *train.Trainer) error {
	state, ok := child(c.optim, "state")
	if !ok {
		return fmt.Errorf("optim.state is missing")
	}
	if state.Len() == 0 {
		return nil // no step was taken yet
	}
	var buffers []torch.Tensor
	for i, p := range nn.NamedParameters(t.Net) {
		v, _ := state.Get(i)
		d, _ := v.(*serialize.Dict)
		if d == nil {
			return fmt.Errorf("optim.state has no entry %d, for %s", i, p.Name)
		}
		b, _ := d.Lookup("momentum_buffer")
		s, ok := b.(*serialize.Tensor)
		if !ok {
			return fmt.Errorf("optim.state.%d.momentum_buffer is a %T, expected a tensor", i, b)
		}
		tensor, err := torch.FromSerial(s)
		if err != nil {
			return err
		}
		buffers = append(buffers, tensor)
	}
	t.Opt.LoadBuffers(buffers)
	return nil
}
