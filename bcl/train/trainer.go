package train

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/settings/field"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// Trainer trains one network. Its tensors belong to the scope New ran in.
type Trainer struct {
	Net       model.Network
	Opt       *optim.SGD
	Memory    *memory.Memory
	Signals   *signal.Recorder // of the samples in this epoch, or in the last if none is under way
	Auxiliary []loss.Auxiliary // of the config, in its order
	Position

	// Progress, if set, is called after every step, in order. It must not call Hold.
	Progress func(Step)
	// Note, if set, is told what a user may want to know.
	Note func(text string)

	config    Config
	objective Objective
	inputs    func(raw []torch.Tensor, d torch.Device) []torch.Tensor // of the encoder
	sampler   *sampler.Sampler
	schedule  schedule
	device    torch.Device
	sharp     *sharp    // nil: steps take one pass
	resample  *resample // nil: epochs have each sample once
	feed      *feed     // of a GPU; nil on the CPU, which has the views already
	ahead     *ahead    // the steps that a GPU runs as graphs; nil: step.go takes all
	shared    *shared   // with other processes; nil: this one is alone

	counted int    // samples of this call of RunEpoch
	untold  []Step // that Progress was not called for yet
	why     string // no step runs as a graph, to be noted

	moving     sync.Mutex // held while the state may change
	statistics *statistics
}

// Position is where a run is: the next step.
type Position struct {
	Epoch   int     // counted from 1
	Batch   int     // of the epoch, counted from 0
	Step    int     // steps done
	LossSum float64 // of the samples of this epoch so far
}

// Step reports a finished step.
type Step struct {
	Epoch, Batch, Batches int     // Batch are done of Batches
	Samples               int     // of the batch
	Loss                  float64 // mean of the batch
	LR                    float64
	Waited, Took          time.Duration // waiting for views; in total, or since the step before
	// Ahead is how many later steps the device has begun: the state of the trainer is that of
	// this step only if it is 0. See [Trainer.Settle].
	Ahead int
}

// New returns a Trainer of the method's network around an encoder, on the views of a
// source. It must run inside [torch.Do].
func New(c Config, encoder model.Builder, source sampler.Source, d torch.Device) (*Trainer, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	if err := encoder.Check(); err != nil {
		return nil, err
	}
	if n := len(source.Views()); n != 2 {
		return nil, fmt.Errorf("the source makes %d views of a sample, expected 2", n)
	}
	pinned := &rooms{}
	if d.IsCUDA() && c.Alloc == nil {
		c.Alloc = pinned.alloc
	}
	s, err := sampler.New(source, c.Seed, c.Batch, c.Workers, c.Alloc)
	if err != nil {
		return nil, err
	}
	if c.Group != nil {
		size := 0
		if c.ChunkBN != OfBatch {
			size = c.Chunk
		}
		s.ShareChunks(c.Group.Rank(), c.Group.Size(), size)
	}
	mem, err := c.Memory.New(source.Len(), c.Epochs, c.ClassSizes)
	if err != nil {
		return nil, err
	}
	if err := torch.ManualSeed(c.Seed); err != nil {
		return nil, err
	}
	objective, err := newObjective(c, encoder)
	if err != nil {
		return nil, err
	}
	if names := signalsOf(objective); !slices.Contains(names, c.Memory.Signal) {
		return nil, field.Expect(false, "Memory.Signal", c.Memory.Signal, fmt.Sprintf("one of those that %s measures: %s", c.Method, signal.List(names)))
	}
	net := objective.Network()
	err = torch.Do(func() error { // frees the parameters' old values
		nn.To(net, d)
		nn.ToChannelsLast(net)
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := &Trainer{
		Net:       net,
		Opt:       optim.NewSGD(nn.Parameters(net), c.LR, c.Momentum, c.WeightDecay),
		Memory:    mem,
		Signals:   signal.NewRecorder(signalsOf(objective), source.Len()),
		Position:  Position{Epoch: 1},
		config:    c,
		objective: objective,
		inputs:    net.Encoder().Inputs,
		sampler:   s,
		schedule:  newSchedule(c, s.Batches()),
		device:    d,

		statistics: newStatistics(objective, aside),
	}
	if t.sharp, err = newSharp(c, net, source.Len(), t.Signals.Names()); err != nil {
		return nil, err
	}
	if t.resample, err = newResample(c, source.Len(), t.Signals.Names()); err != nil {
		return nil, err
	}
	if d.IsCUDA() {
		_, largest := s.Largest()
		if err = pinned.build(d, largest); err != nil {
			return nil, err
		}
		if err = t.useDevice(); err != nil {
			return nil, err
		}
	}
	if c.Group != nil {
		if t.shared, err = share(c.Group, t.networks(), nn.Parameters(net), s, c.Chunk == 0 || c.ChunkBN == OfBatch); err != nil {
			return nil, err
		}
	}
	for _, a := range c.Auxiliary {
		t.Auxiliary = append(t.Auxiliary, a.New(source.Len(), model.ProjectionSize, c.Epochs, c.Seed, d))
	}
	return t, nil
}

// useDevice lets t run on its device in the ways that are made for a GPU.
func (t *Trainer) useDevice() (err error) {
	samples, largest := t.sampler.Largest()
	t.Opt.Rate = torch.Zeros([]int64{}, torch.On(torch.Float32, t.device))
	if t.config.Chunk > 0 { // the device has no room for a batch: each chunk is copied as it runs
		if t.config.CUDAGraph {
			t.why = t.whyEager()
		}
		return nil
	}
	if t.feed, err = newFeed(t.device, largest); err != nil || !t.config.CUDAGraph {
		return err
	}
	if t.why = t.whyEager(); t.why != "" {
		return nil
	}
	t.statistics = newStatistics(t.objective, depth)
	t.ahead, err = newAhead(t.device, largest, samples*len(t.Signals.Names()))
	return err
}

// Done reports whether all epochs are done.
func (t *Trainer) Done() bool { return t.Position.Epoch > t.config.Epochs }

// Epochs returns the number of epochs of the run.
func (t *Trainer) Epochs() int { return t.config.Epochs }

// Batches returns the number of batches per epoch.
func (t *Trainer) Batches() int { return t.sampler.Batches() }

// LastLR returns the learning rate of the last step, 0 before the first.
func (t *Trainer) LastLR() float64 {
	if t.Step == 0 {
		return 0
	}
	return t.schedule.At(t.Step)
}
