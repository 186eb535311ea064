package checkpoint

import (
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/version"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/serialize"
	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// About is what a checkpoint holds of its run besides the trainer's state.
type About struct {
	Config []byte // text of config.yaml
	Data   run.Data
}

// Snapshot is a copy of the state of a run, so that it can be written during training.
type Snapshot struct {
	tree    *serialize.Dict
	buffers [][]byte // copies of tensors, whose memory the next Take reuses
	used    int
	fetched fetched // those of a GPU
}

// Save writes a checkpoint of t; see [Snapshot.Take].
func Save(path string, t *train.Trainer, about About) error {
	var s Snapshot
	if err := s.Take(t, about); err != nil {
		return err
	}
	return s.WriteFile(path)
}

// WriteFile writes the checkpoint. It does not use libtorch.
func (s *Snapshot) WriteFile(path string) error {
	return atomicfile.WriteFile(path, func(w io.Writer) error { return serialize.WriteSummed(w, s.tree) })
}

// Take copies the state of t into s: a tree that torch.load(weights_only=True) reads,
// with the authors' keys epoch, state_dict and optim, and a dict bcl with the rest of the
// run's state (docs/format.md). It leaves no tensor in the current scope, which lasts as
// long as the run.
func (s *Snapshot) Take(t *train.Trainer, about About) error {
	return torch.Do(func() error { return s.take(t, about) })
}

func (s *Snapshot) take(t *train.Trainer, about About) error {
	s.used = 0
	s.fetched.take(onDevice(t))
	weights := serialize.NewOrderedDict()
	for _, n := range t.StateDict() {
		if err := s.set(weights, n.Name, n.Tensor); err != nil {
			return err
		}
	}
	optim, err := s.optim(t)
	if err != nil {
		return err
	}
	libtorch, err := torch.Version()
	if err != nil {
		return err
	}
	bcl := serialize.NewDict(
		"format", run.Format,
		"program", version.Commit(),
		"libtorch", libtorch,
		"config", string(about.Config),
		"data", serialize.NewDict("fingerprint", about.Data.Fingerprint, "samples", about.Data.Samples),
		"position", serialize.NewDict(
			"epoch", t.Position.Epoch, "batch", t.Batch, "step", t.Step, "loss_sum", t.LossSum),
		"memory", nil, // from here on as named state
		"masks", nil, // which every file has, with or without a pruned branch
	)
	if err := s.setAll(bcl, append(state.Dict{{Name: "memory", Value: memoryState(t.Memory.State())}}, t.State()...)); err != nil {
		return err
	}
	s.tree = serialize.NewDict(
		"epoch", t.Position.Epoch-1, // complete epochs, as the authors count
		"state_dict", weights,
		"optim", optim,
		"bcl", bcl)
	return nil
}

func (s *Snapshot) set(d *serialize.Dict, key any, t torch.Tensor) error {
	c, err := s.copy(t)
	if err != nil {
		return fmt.Errorf("%v: %w", key, err)
	}
	return d.Set(key, c)
}

func (s *Snapshot) setAll(d *serialize.Dict, all state.Dict) error {
	for _, e := range all {
		value := e.Value
		switch v := e.Value.(type) {
		case torch.Tensor:
			if err := s.set(d, e.Name, v); err != nil {
				return err
			}
			continue
		case state.Dict:
			sub := serialize.NewDict()
			if err := s.setAll(sub, v); err != nil {
				return fmt.Errorf("%s: %w", e.Name, err)
			}
			value = sub
		}
		if err := d.Set(e.Name, value); err != nil {
			return err
		}
	}
	return nil
}

// copy is t.Serial with memory of the snapshot. Tensors come in the same order every
// time, except for named state, which is optional and comes last.
func (s *Snapshot) copy(t torch.Tensor) (*serialize.Tensor, error) {
	shape := make([]int, len(t.Shape()))
	for i, n := range t.Shape() {
		shape[i] = int(n)
	}
	if b, ok := s.fetched.of[t]; ok {
		return serialize.NewTensor(t.DType(), shape, b)
	}
	size := int(t.Numel()) * t.DType().Size()
	if s.used == len(s.buffers) {
		s.buffers = append(s.buffers, nil)
	}
	if cap(s.buffers[s.used]) < size {
		s.buffers[s.used] = make([]byte, size)
	}
	b := s.buffers[s.used][:size:size]
	s.used++
	t.ReadBytes(b)
	return serialize.NewTensor(t.DType(), shape, b)
}

// memoryState has None for weights that do not exist yet.
func memoryState(m memory.State) state.Dict {
	var weights any
	if m.Weights != nil {
		weights = torch.FromSlice(m.Weights)
	}
	return state.Dict{
		{Name: "loss", Value: torch.FromSlice(m.Loss)},
		{Name: "seen", Value: torch.FromSlice(m.Seen)},
		{Name: "weights", Value: weights},
	}
}
