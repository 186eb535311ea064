package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// smallDual is a run of seconds with a pruned branch, part of it at random.
func smallDual(m method.Method) Config {
	c := small(m)
	c.Prune = model.Pruning{Share: 0.8, Random: 0.1}
	return c
}

// newTrainer returns a trainer of c inside the current scope.
func newTrainer(t *testing.T, c Config) *Trainer {
	t.Helper()
	return newTrainerOf(t, c, tiny)
}

func newTrainerOf(t *testing.T, c Config, encoder model.Config) *Trainer {
	t.Helper()
	tr, err := New(c, encoder, images(t, 34, c.Method, c.Seed), torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// threePassStep is the authors' step in full: pruned without gradients, full,
// pruned, and a loss for each side.
func threePassStep(tr *Trainer, b *sampler.Batch) error {
	return torch.Do(func() error {
		net := tr.Net.(*model.SDCLR)
		pixels := b.Buffers[0]
		pairs := torch.FromBytes(pixels.Data, torch.Uint8, append([]int64{int64(len(b.Samples)), 2}, pixels.Spec.Shape...)...)
		x1 := model.FromPixels(pairs.Select(1, 0).Contiguous(torch.ContiguousFormat), tr.device)
		x2 := model.FromPixels(pairs.Select(1, 1).Contiguous(torch.ContiguousFormat), tr.device)
		var fixed torch.Tensor
		tr.Opt.LR = tr.schedule.At(tr.Step + 1)
		tr.Opt.ZeroGrad()
		torch.NoGrad(func() { fixed = net.ForwardPruned(x2) })
		z1 := net.Forward(x1)
		loss.NTXent(z1, fixed, tr.config.Temperature).Mean().Backward()
		loss.NTXent(z1.Detach(), net.ForwardPruned(x2), tr.config.Temperature).Mean().Backward()
		tr.Opt.Step()
		return nil
	})
}

// A step of the Trainer updates the weights as the authors' step of three passes.
// (Package model compares its running statistics.)
func TestStepEqualsThreePasses(t *testing.T) {
	torchtest.Do(t, func() {
		ours, plain := newTrainer(t, smallDual(method.BCLD)), newTrainer(t, smallDual(method.BCLD))
		for _, tr := range []*Trainer{ours, plain} {
			nn.Train(tr.Net)
			if err := tr.objective.BeginEpoch(3, 1); err != nil {
				t.Fatal(err)
			}
		}
		e := ours.sampler.Epoch(1, 0, ours.weights())
		defer e.Close()
		for range 2 {
			b, err := e.Next()
			if err != nil {
				t.Fatal(err)
			}
			if err := threePassStep(plain, b); err != nil {
				t.Fatal(err)
			}
			if _, err := oneStep(ours, b); err != nil {
				t.Fatal(err)
			}
			ours.Step++
			plain.Step++
			e.Recycle(b)
		}
		x, y := nn.NamedParameters(ours.Net), nn.NamedParameters(plain.Net)
		for i := range x {
			if d := torchtest.Difference(x[i].Tensor, y[i].Tensor); d > 1e-5 {
				t.Errorf("%s differs by %g after two steps", x[i].Name, d)
			}
		}
	})
}

// A run with masks that is interrupted within epochs ends like an uninterrupted one, for
// any number of workers, and leaks no tensor.
func TestDualRunsAreExact(t *testing.T) {
	before := torch.LiveTensors()
	c := smallDual(method.BCLD)
	want, reports := trained(t, c)
	if len(reports) != c.Epochs {
		t.Fatalf("%d reports", len(reports))
	}
	c.Workers = 4
	var got []byte
	torchtest.Do(t, func() {
		tr := newTrainer(t, c)
		for !tr.Done() {
			ctx, cancel := context.WithCancel(context.Background())
			tr.Progress = func(s Step) {
				if s.Batch == 3 {
					cancel()
				}
			}
			if tr.Batch == 0 && tr.State() != nil {
				t.Error("masks to save although the next epoch makes its own")
			}
			if _, err := tr.RunEpoch(ctx); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if masks, _ := tr.State().Dict("masks"); tr.Batch > 0 && len(masks) == 0 {
				t.Error("no masks to save within an epoch")
			}
			cancel()
		}
		got = bytesOf(tr)
	})
	if !bytes.Equal(got, want) {
		t.Error("an interrupted run ends differently from an uninterrupted one")
	}
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors after the runs, %d before", after, before)
	}
}

// Methods that share a network have the same first epoch, since no sample has a weight
// yet, and differ from the second on.
func TestControlsDifferFromTheSecondEpoch(t *testing.T) {
	for _, family := range [][]method.Method{
		{method.SimCLR, method.BCLI, method.BCLIConstant, method.BCLIShuffled},
		{method.SDCLR, method.BCLD, method.BCLDConstant, method.BCLDShuffled},
	} {
		first, second := map[float64]method.Method{}, map[float64]method.Method{}
		for _, m := range family {
			c := smallDual(m)
			c.Epochs = 2
			c.WeightDecay = 1e-4
			_, r := trained(t, c)
			first[r[0].Loss] = m
			if other, ok := second[r[1].Loss]; ok {
				t.Errorf("%s and %s have the same second epoch", m, other)
			}
			second[r[1].Loss] = m
		}
		if len(first) != 1 {
			t.Errorf("%v: %d different first epochs", family, len(first))
		}
	}
}

// Every method has an objective, and its default can be used.
func TestMethods(t *testing.T) {
	for _, m := range method.All() {
		c := Default(m)
		if c.WeightDecay != m.Traits().WeightDecay || c.Check() != nil {
			t.Errorf("%s: weight decay %v, %v", m, c.WeightDecay, c.Check())
		}
		if objectives[m.Traits().Objective] == nil {
			t.Errorf("%s: no objective %q", m, m.Traits().Objective)
		}
	}
}

// The options change the training, but only when they are on.
func TestOptions(t *testing.T) {
	base := small(method.SimCLR)
	base.Epochs = 2
	want, plain := trained(t, base)
	constant := base
	constant.Schedule = &loss.CosineTemperature{Low: base.Temperature, High: base.Temperature, Period: 3}
	if got, _ := trained(t, constant); !bytes.Equal(got, want) {
		t.Error("a constant temperature schedule changes the weights")
	}
	swinging := base
	swinging.Schedule = &loss.CosineTemperature{Low: base.Temperature, High: 1, Period: 4}
	if _, r := trained(t, swinging); r[0].Loss == plain[0].Loss {
		t.Error("another temperature gives the same loss")
	}
	reweighted := base
	reweighted.Reweight = loss.FarPositives
	far, r := trained(t, reweighted)
	if bytes.Equal(far, want) || !(r[1].Loss > 0) {
		t.Error("re-weighting changes nothing")
	}
	reweighted.Reweight = loss.LoTaR
	if got, _ := trained(t, reweighted); bytes.Equal(got, want) || bytes.Equal(got, far) {
		t.Error("both forms of re-weighting are one, or change nothing")
	}
}

func TestPruneErrorsNameTheFlag(t *testing.T) {
	c := Default(method.SDCLR)
	c.Prune.Share = 1.5
	if err := c.Check(); err == nil || err.Error() != "Prune.Share is 1.5, expected a share in [0, 1)" {
		t.Errorf("error %v", err)
	}
}

// A step of BCL-D here and in the authors' three passes.
func BenchmarkDualStep(b *testing.B) {
	c := Default(method.BCLD)
	c.Batch = 64
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 16, Classes: 100}
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for name, step := range map[string]func(*Trainer, *sampler.Batch) error{
		"ours": func(tr *Trainer, batch *sampler.Batch) error {
			_, err := oneStep(tr, batch)
			return err
		},
		"three passes": func(tr *Trainer, batch *sampler.Batch) error { return threePassStep(tr, batch) },
	} {
		b.Run(name, func(b *testing.B) {
			torchtest.Do(b, func() {
				tr, err := New(c, encoder, views.Images(place.Train, augment.CIFAR(32), 1), torch.CPU)
				if err != nil {
					b.Fatal(err)
				}
				if err := tr.objective.BeginEpoch(1, 1); err != nil {
					b.Fatal(err)
				}
				e := tr.sampler.Epoch(1, 0, tr.weights())
				defer e.Close()
				batch, err := e.Next()
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if err := step(tr, batch); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(128*float64(b.N)/b.Elapsed().Seconds(), "views/s")
			})
		})
	}
}

// Autocast works with masked weights too: the losses of a first step are those of float32
// up to bfloat16's rounding, which is 1/256.
func TestDualInBFloat16(t *testing.T) {
	first := func(precision torch.DType) (losses []float32) {
		c := smallDual(method.BCLD)
		c.Precision = precision
		encoder := tiny
		encoder.Width = 16
		torchtest.Do(t, func() {
			tr := newTrainerOf(t, c, encoder)
			if err := tr.objective.BeginEpoch(1, 1); err != nil {
				t.Fatal(err)
			}
			e := tr.sampler.Epoch(1, 0, tr.weights())
			defer e.Close()
			b, err := e.Next()
			if err == nil {
				losses, err = oneStep(tr, b)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		return losses
	}
	full, half := first(torch.Float32), first(torch.BFloat16)
	for i, want := range full {
		if d := math.Abs(float64(half[i] - want)); d == 0 || !(d < 0.15) {
			t.Errorf("sample %d: loss %v in bfloat16, %v in float32", i, half[i], want)
		}
	}
}
