package checkpoint

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// Checkpoint is a checkpoint file in memory: ours, the authors', or a bare state dict.
type Checkpoint struct {
	Path    string
	Epoch   int             // complete epochs; 0 if the file does not say
	Weights *serialize.Dict // state dict
	optim   *serialize.Dict // nil in a bare state dict
	bcl     *serialize.Dict // nil if the file is not ours
}

// Load reads a checkpoint and verifies its checksums.
func Load(path string) (*Checkpoint, error) {
	f, err := serialize.Open(path, serialize.Options{})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return decode(f, path)
}

// decode is Load of an open file.
func decode(f *serialize.File, path string) (*Checkpoint, error) {
	if err := f.ReadAll(); err != nil {
		return nil, err
	}
	top, ok := f.Tree.(*serialize.Dict)
	if !ok {
		return nil, fmt.Errorf("%s: holds a %T, expected a dict with state_dict, or a state dict", path, f.Tree)
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
		if c.bcl, _ = child(top, "bcl"); c.bcl != nil {
			if err := run.CheckFormat(c.bcl, f.Sealed()); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
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

// Data returns what the run that wrote c was trained on; zero if the file does not say.
func (c *Checkpoint) Data() run.Data {
	if c.bcl == nil {
		return run.Data{}
	}
	d, ok := child(c.bcl, "data")
	if !ok {
		return run.Data{}
	}
	f := fields{d, nil}
	fingerprint, _ := f.get("fingerprint").(string)
	return run.Data{Fingerprint: fingerprint, Samples: f.int("samples")}
}

// WithinEpoch reports whether c was written between two steps of an epoch.
func (c *Checkpoint) WithinEpoch() bool {
	if c.bcl == nil {
		return false
	}
	p, ok := child(c.bcl, "position")
	f := fields{p, nil}
	return ok && f.int("batch") > 0
}

// Kind returns the kind of network that the weights are of. Their names tell, in the
// authors' files too.
func (c *Checkpoint) Kind() model.Kind {
	var names []string
	for k := range c.Weights.All() {
		names = append(names, fmt.Sprint(k))
	}
	return model.KindOf(names)
}

// LoadWeights copies the weights into a network and leaves no tensor behind.
func (c *Checkpoint) LoadWeights(net nn.Module) error {
	return torch.Do(func() error { return c.loadWeights(net) })
}

func (c *Checkpoint) loadWeights(net nn.Module) error {
	var state []nn.Named
	for k, v := range c.Weights.All() {
		t, err := bridge.FromFile(v.(*serialize.Tensor))
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

// Exact reports whether c holds all that a run is. The authors' files lack the
// momentum loss and the place in the epoch.
func (c *Checkpoint) Exact() bool { return c.bcl != nil }

// Restore puts t, made with the settings of the run that wrote c, where that run
// was, and leaves no tensor behind. Of the authors' files it takes what they have:
// weights, momentum buffers, and complete epochs. The memory is then empty as in a
// new run: weights are 0 for an epoch, and each sample's first loss is its momentum
// loss.
func (c *Checkpoint) Restore(t *train.Trainer) error {
	if c.optim == nil {
		return fmt.Errorf("%s: not a checkpoint of a run: it lacks the optimiser's state", c.Path)
	}
	restore := c.restore
	if !c.Exact() {
		restore = c.adopt
	}
	return torch.Do(func() error {
		if err := restore(t); err != nil {
			return fmt.Errorf("%s: %w", c.Path, err)
		}
		return c.loadWeights(t.Net)
	})
}

func (c *Checkpoint) adopt(t *train.Trainer) error {
	if c.Epoch < 0 {
		return fmt.Errorf("epoch is %d, expected the number of complete epochs", c.Epoch)
	}
	t.Position = train.Position{Epoch: c.Epoch + 1, Step: c.Epoch * t.Batches()}
	return c.restoreOptim(t)
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
	if at.Epoch < 1 || at.Batch < 0 || at.Batch >= t.Batches() {
		return fmt.Errorf("bcl.position is epoch %d, batch %d, expected an epoch from 1 and a batch below %d", at.Epoch, at.Batch, t.Batches())
	}
	if at.Batch == 0 { // the size of a batch may have changed
		at.Step = (at.Epoch - 1) * t.Batches()
	}
	if err := t.Memory.SetState(state); err != nil {
		return err
	}
	t.Position = at
	named, err := stateOf(c.bcl, own...)
	if err != nil {
		return fmt.Errorf("bcl.%w", err)
	}
	if err := t.SetState(named); err != nil {
		return fmt.Errorf("bcl.%w", err)
	}
	return c.restoreOptim(t)
}
