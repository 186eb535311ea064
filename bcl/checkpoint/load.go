package checkpoint

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/bridge"
)

// Checkpoint is a checkpoint file in memory: ours, the authors', or a bare state dict.
type Checkpoint struct {
	Path    string
	Epoch   int             // complete epochs; 0 if unknown
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

// LoadNewest reads the newest good checkpoint of the run at path. skipped has the errors
// of newer ones.
func LoadNewest(path string) (c *Checkpoint, skipped, err error) {
	_, c, skipped, err = run.Newest(path, Load)
	return c, skipped, err
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
		epoch, _ := serialize.Lookup[int64](top, "epoch")
		c.Epoch = int(epoch)
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
	return serialize.Lookup[*serialize.Dict](d, name)
}

// Config returns the config.yaml of the run that wrote c; "" if bcl-train did not write
// the file.
func (c *Checkpoint) Config() string {
	text, _ := serialize.Lookup[string](c.bcl, "config")
	return text
}

// Data returns the training data of the run that wrote c; zero if unknown.
func (c *Checkpoint) Data() run.Data {
	data, _ := child(c.bcl, "data")
	fingerprint, _ := serialize.Lookup[string](data, "fingerprint")
	samples, _ := serialize.Lookup[int64](data, "samples")
	return run.Data{Fingerprint: fingerprint, Samples: int(samples)}
}

// WithinEpoch reports whether c was written between two steps of an epoch.
func (c *Checkpoint) WithinEpoch() bool {
	position, _ := child(c.bcl, "position")
	batch, _ := serialize.Lookup[int64](position, "batch")
	return batch > 0
}

// Kind returns the kind of network of the weights, by their names, which works for the
// authors' files too.
func (c *Checkpoint) Kind() model.Kind {
	var names []string
	for k := range c.Weights.All() {
		names = append(names, fmt.Sprint(k))
	}
	return model.KindOf(names)
}

// LoadWeights copies the weights into a network. It leaves no tensor in the current
// scope.
func (c *Checkpoint) LoadWeights(net nn.Module) error {
	return torch.Do(func() error { return c.loadWeights(net) })
}

func (c *Checkpoint) loadWeights(net nn.Module) error {
	var named []nn.Named
	for k, v := range c.Weights.All() {
		t, err := bridge.FromFile(v.(*serialize.Tensor))
		if err != nil {
			return fmt.Errorf("%s: %v: %w", c.Path, k, err)
		}
		named = append(named, nn.Named{Name: fmt.Sprint(k), Tensor: t})
	}
	if err := nn.LoadStateDict(net, named); err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	return nil
}

// Exact reports whether c holds the complete state of a run. The authors' files lack the
// momentum loss and the position in the epoch.
func (c *Checkpoint) Exact() bool { return c.bcl != nil }

// Restore puts t, made with the settings of the run that wrote c, in the state of that
// run. It leaves no tensor in the current scope. Of the authors' files it takes what they
// have: weights, momentum buffers, and complete epochs. The memory is then empty as in a
// new run: weights are 0 for an epoch, and each sample's first loss is its momentum loss.
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
	all, err := stateOf(c.bcl)
	if err != nil {
		return fmt.Errorf("bcl.%w", err)
	}
	position, _ := all.Dict("position")
	p := &state.Reader{Dict: position}
	at := train.Position{Epoch: p.Int("epoch"), Batch: p.Int("batch"), Step: p.Int("step"), LossSum: p.Float("loss_sum")}
	if p.Err != nil {
		return fmt.Errorf("bcl.position: %w", p.Err)
	}
	if at.Epoch < 1 || at.Batch < 0 || at.Batch >= t.Batches() {
		return fmt.Errorf("bcl.position is epoch %d, batch %d, expected an epoch from 1 and a batch below %d", at.Epoch, at.Batch, t.Batches())
	}
	if at.Batch == 0 { // the size of a batch may have changed
		at.Step = (at.Epoch - 1) * t.Batches()
	}
	mem, _ := all.Dict("memory")
	m := &state.Reader{Dict: mem}
	losses, seen, weights := state.Slice[float32](m, "loss"), state.Slice[bool](m, "seen"), state.Slice[float64](m, "weights")
	if m.Err != nil {
		return fmt.Errorf("bcl.memory: %w", m.Err)
	}
	if err := t.Memory.SetState(memory.State{Loss: losses, Seen: seen, Weights: weights}); err != nil {
		return err
	}
	t.Position = at
	if err := t.SetState(all); err != nil {
		return fmt.Errorf("bcl.%w", err)
	}
	return c.restoreOptim(t)
}
