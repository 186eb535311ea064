package train

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// Trainer trains one network. Its tensors belong to the scope New ran in.
type Trainer struct {
	Net     model.Network
	Opt     *optim.SGD
	Memory  *memory.Memory
	Harmony *harmony.Harmony // nil without the option
	Position

	// Progress, if set, is called after every step. It must not call Hold.
	Progress func(Step)

	config   Config
	learner  learner
	source   sampler.Source
	input    func(views torch.Tensor, d torch.Device) torch.Tensor
	sampler  *sampler.Sampler
	schedule schedule
	device   torch.Device

	moving     sync.Mutex // held by who may move the state
	statistics *statistics
}

// Position is how far a run has come: what is to be done next.
type Position struct {
	Epoch   int     // counted from 1
	Batch   int     // of the epoch, counted from 0
	Step    int     // steps done
	LossSum float64 // of the samples of this epoch so far
}

// Step says how a step went.
type Step struct {
	Epoch, Batch, Batches int     // Batch are done of Batches
	Samples               int     // of the batch
	Loss                  float64 // mean of the batch
	LR                    float64
	Waited, Took          time.Duration // for the views; in all
}

// New builds the network and what trains it. It must run inside [torch.Do].
// input turns a batch of views (2B x the source's shape) into the network's
// input, such as [model.FromPixels].
func New(c Config, source sampler.Source, input func(torch.Tensor, torch.Device) torch.Tensor, d torch.Device) (*Trainer, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	s, err := sampler.New(source, c.Seed, c.Batch, c.Workers)
	if err != nil {
		return nil, err
	}
	mem, err := memory.New(source.Len(), c.Beta)
	if err != nil {
		return nil, err
	}
	if err := torch.ManualSeed(c.Seed); err != nil {
		return nil, err
	}
	learner := newLearner(c)
	net := learner.network()
	err = torch.Do(func() error { // frees what parameters were before they moved
		nn.To(net, d)
		nn.ToChannelsLast(net)
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := &Trainer{
		Net:      net,
		Opt:      optim.NewSGD(nn.Parameters(net), c.LR, c.Momentum, c.WeightDecay),
		Memory:   mem,
		Position: Position{Epoch: 1},
		config:   c,
		learner:  learner,
		source:   source,
		input:    input,
		sampler:  s,
		schedule: newSchedule(c, s.Batches()),
		device:   d,

		statistics: newStatistics(net),
	}
	if c.Harmony != nil {
		t.Harmony = harmony.New(*c.Harmony, source.Len(), model.ProjectionSize, c.Epochs, c.Seed, d)
	}
	return t, nil
}

// Done reports whether all epochs are done.
func (t *Trainer) Done() bool { return t.Position.Epoch > t.config.Epochs }

// Batches returns the number of batches of an epoch.
func (t *Trainer) Batches() int { return t.sampler.Batches() }

// LastLR returns the learning rate of the last step, 0 before the first.
func (t *Trainer) LastLR() float64 {
	if t.Step == 0 {
		return 0
	}
	return t.schedule.At(t.Step)
}

// RunEpoch trains to the end of the current epoch and makes the weights of the
// next. When ctx ends it drops the step under way, which going on does again, and
// returns ctx's error; the Position then says where to go on. A loss that is not
// finite is an error too, and that step is not taken either.
func (t *Trainer) RunEpoch(ctx context.Context) (Report, error) {
	t.moving.Lock()
	defer t.moving.Unlock()
	start, from := time.Now(), t.Batch
	nn.Train(t.Net)
	if t.Batch == 0 {
		if err := t.learner.begin(t.config.Seed, t.Epoch); err != nil {
			return Report{}, err
		}
	}
	epoch := t.sampler.Epoch(t.Epoch, t.Batch, t.weights())
	defer epoch.Close()
	samples := 0
	for ctx.Err() == nil {
		began := time.Now()
		var batch *sampler.Batch
		var err error
		t.meanwhile(func() { batch, err = epoch.Next() })
		if err != nil {
			return Report{}, err
		}
		waited := time.Since(began)
		if batch == nil {
			break
		}
		losses, err := t.step(ctx, batch)
		if err != nil && ctx.Err() != nil {
			return Report{}, ctx.Err()
		}
		if err != nil {
			return Report{}, fmt.Errorf("epoch %d, step %d: %w", t.Epoch, t.Step+1, err)
		}
		t.Memory.Observe(batch.Samples, losses)
		sum := 0.0
		for _, l := range losses {
			sum += float64(l)
		}
		samples += len(losses)
		t.LossSum += sum
		t.Batch++
		t.Step++
		if t.Progress != nil {
			t.Progress(Step{t.Epoch, t.Batch, t.Batches(), len(losses), sum / float64(len(losses)), t.Opt.LR, waited, time.Since(began)})
		}
		epoch.Recycle(batch)
	}
	if err := ctx.Err(); err != nil && t.Batch < t.Batches() {
		return Report{}, err
	}
	if err := t.Memory.EndEpoch(); err != nil {
		return Report{}, err
	}
	report := t.report(samples, time.Since(start), from > 0)
	if t.Harmony != nil {
		report.HarmonyLoss = t.Harmony.EndEpoch()
	}
	t.Position = Position{Epoch: t.Epoch + 1, Step: t.Step}
	return report, nil
}

// weights says how strongly each sample is to be augmented in the current epoch.
func (t *Trainer) weights() func(sample int) float64 {
	return t.Memory.Rule(t.config.Method.Rule(), t.config.Seed, t.Epoch)
}

// step trains on one batch and returns the loss of each sample. On an error, and if
// ctx ends before the weights move, all is as before; a backward pass is not cut. The
// caller holds t.
func (t *Trainer) step(ctx context.Context, b *sampler.Batch) (losses []float32, err error) {
	t.statistics.keep()
	err = torch.Do(func() error {
		lr := t.schedule.At(t.Step + 1) // the published code advances its schedule before the step
		var harmonised harmony.Batch
		t.meanwhile(func() { losses, harmonised, err = t.gradients(ctx, b, lr) })
		if err != nil {
			return err
		}
		t.Opt.LR = lr
		t.Opt.Step()
		if t.Harmony != nil {
			t.Harmony.Observe(t.Epoch, b.Samples, harmonised)
		}
		return nil
	})
	if err != nil {
		t.statistics.undo()
	}
	t.statistics.drop()
	return losses, err
}

// gradients sets the gradients of a batch. Of the state it moves running statistics
// alone.
func (t *Trainer) gradients(ctx context.Context, b *sampler.Batch, lr float64) (losses []float32, harmonised harmony.Batch, err error) {
	views := torch.FromBytes(b.Views, t.source.Spec().DType, append([]int64{2 * int64(len(b.Samples))}, t.source.Spec().Shape...)...)
	z1, z2 := t.learner.project(views, t.forward)
	if ctx.Err() != nil {
		return nil, harmonised, ctx.Err()
	}
	perSample := loss.NTXent(z1, z2, t.config.temperature(t.Epoch))
	losses = torch.Slice[float32](perSample)
	for k, l := range losses {
		if math.IsNaN(float64(l)) || math.IsInf(float64(l), 0) {
			return nil, harmonised, fmt.Errorf("the loss of sample %d is %v at learning rate %v; a lower learning rate or a longer warm-up may help", b.Samples[k], l, lr)
		}
	}
	if t.config.Reweight { // what the memory sees is the loss itself
		perSample = perSample.Mul(loss.PositiveWeights(z1, z2))
	}
	total := perSample.Mean()
	if t.Harmony != nil {
		if harmonised, err = t.Harmony.Batch(t.Epoch, z1, z2); err != nil {
			return nil, harmonised, err
		}
		total = harmonised.AddTo(total)
	}
	t.Opt.ZeroGrad()
	total.Backward()
	return losses, harmonised, ctx.Err()
}

// forward is the [pass] of this run: float32 for the loss, in the precision that
// was asked for.
func (t *Trainer) forward(f func(torch.Tensor) torch.Tensor, views torch.Tensor) torch.Tensor {
	x := t.input(views, t.device)
	if t.config.Precision == torch.Float32 {
		return f(x)
	}
	var z torch.Tensor
	torch.Autocast(t.device, t.config.Precision, func() { z = f(x) })
	return z.To(torch.Float32)
}

// Masks returns what the pruned branch uses of each weight in the current epoch,
// while that is under way: a checkpoint needs them to go on. Else it is nil, as the
// next epoch makes its own, and so it is for methods without such a branch.
func (t *Trainer) Masks() []nn.Named {
	if net, ok := t.Net.(*model.SDCLR); ok && t.Batch > 0 {
		return net.Masks()
	}
	return nil
}

// SetMasks puts back what Masks returned, after the Position was. It is an error if
// they are missing and needed, or do not fit.
func (t *Trainer) SetMasks(masks []nn.Named) error {
	if net, ok := t.Net.(*model.SDCLR); ok && t.Batch > 0 {
		return net.SetMasks(masks)
	}
	return nil
}
