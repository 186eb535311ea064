package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// tiny is the encoder of the tests.
var tiny = model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 100}

// small is a run of a few seconds.
func small(m method.Method) Config {
	c := Default(m)
	c.Epochs, c.Warmup, c.Batch, c.LR = 3, 1, 8, 0.1
	c.Queue.Size = 20
	return c
}

func images(t *testing.T, n int, m method.Method, seed uint64) sampler.Source {
	t.Helper()
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	indices := make([]int, n)
	for i := range indices {
		indices[i] = i * 7
	}
	ds, err := dataset.Subset(place.Train, indices)
	if err != nil {
		t.Fatal(err)
	}
	p := augment.CIFAR(16)
	if m.Boosted() {
		p = p.With(augment.Boost{K: 1, R: 30})
	}
	return views.Images(ds, p, seed)
}

// trained trains to the end and returns the bytes of every weight and the reports.
func trained(t *testing.T, c Config) (weights []byte, reports []run.Metrics) {
	t.Helper()
	err := torch.Do(func() error {
		tr, err := New(c, tiny, images(t, 34, c.Method, c.Seed), torch.CPU)
		if err != nil {
			return err
		}
		for !tr.Done() {
			r, err := tr.RunEpoch(context.Background())
			if err != nil {
				return err
			}
			reports = append(reports, r)
		}
		weights = bytesOf(tr)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return weights, reports
}

// bytesOf returns the weights and buffers of a trainer's network.
func bytesOf(tr *Trainer) (all []byte) {
	for _, p := range nn.StateDict(tr.Net) {
		all = append(all, p.Tensor.Bytes()...)
	}
	return all
}

// continued returns a new trainer with the state of tr, as a checkpoint carries it over.
func continued(t *testing.T, tr *Trainer, c Config) *Trainer {
	t.Helper()
	next := newTrainer(t, c)
	torch.NoGrad(func() {
		for i, n := range nn.StateDict(tr.Net) {
			nn.StateDict(next.Net)[i].Tensor.Copy_(n.Tensor)
		}
	})
	next.Opt.LoadBuffers(tr.Opt.Buffers())
	next.Position = tr.Position
	if err := next.Memory.SetState(tr.Memory.State()); err != nil {
		t.Fatal(err)
	}
	if err := next.SetState(tr.State()); err != nil {
		t.Fatal(err)
	}
	return next
}

func TestSameSeedSameBytes(t *testing.T) {
	c := small(method.BCLI)
	want, reports := trained(t, c)
	c.Workers = 5
	got, _ := trained(t, c)
	if !bytes.Equal(got, want) {
		t.Error("the number of workers changes the weights")
	}
	c.Seed++
	if other, _ := trained(t, c); bytes.Equal(other, want) {
		t.Error("another seed gives the same weights")
	}
	if len(reports) != 3 || reports[2].Step != 3*5 {
		t.Fatalf("reports %+v", reports)
	}
	for _, r := range reports {
		if w := r.Weights; w[0] < 0 || w[4] > 1 || w[0] != 0 && w[4] != 1 {
			t.Errorf("epoch %d: weights from %v to %v", r.Epoch, w[0], w[4])
		}
		if !(r.Loss > 0 && r.Loss < 10) || r.ViewsPerSec <= 0 {
			t.Errorf("report %+v", r)
		}
	}
	if math.Abs(reports[2].LR-FinalLR) > 1e-9 {
		t.Errorf("the last learning rate is %v, want %v", reports[2].LR, FinalLR)
	}
}

// In the first epoch all weights are 0, so BCL-I is method.SimCLR; later it is not.
func TestFirstEpochIsSimCLR(t *testing.T) {
	_, a := trained(t, small(method.SimCLR))
	_, b := trained(t, small(method.BCLI))
	if a[0].Loss != b[0].Loss {
		t.Errorf("first epoch: loss %v for method.SimCLR, %v for BCL-I", a[0].Loss, b[0].Loss)
	}
	if a[1].Loss == b[1].Loss {
		t.Error("second epoch: BCL-I is the same as SimCLR")
	}
}

func TestTensorsAreFreed(t *testing.T) {
	before := torch.LiveTensors()
	trained(t, small(method.SimCLR))
	if after := torch.LiveTensors(); after != before {
		t.Errorf("%d live tensors after a run, %d before", after, before)
	}
}

// A cancelled run stops after a step and resumes from there to the same end.
func TestCancelAndGoOn(t *testing.T) {
	c := small(method.BCLI)
	want, _ := trained(t, c)
	var got []byte
	err := torch.Do(func() error {
		tr, err := New(c, tiny, images(t, 34, c.Method, c.Seed), torch.CPU)
		if err != nil {
			return err
		}
		for !tr.Done() {
			ctx, cancel := context.WithCancel(context.Background())
			tr.Progress = func(s Step) {
				if s.Batch%2 == 0 {
					cancel()
				}
			}
			if _, err := tr.RunEpoch(ctx); err != nil && !errors.Is(err, context.Canceled) {
				return err
			}
		}
		got = bytesOf(tr)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("an interrupted run ends differently from an uninterrupted one")
	}
}

func TestLossThatIsNotFinite(t *testing.T) {
	c := small(method.SimCLR)
	c.Warmup, c.LR = 0, 1e30
	err := torch.Do(func() error {
		tr, err := New(c, tiny, images(t, 34, c.Method, c.Seed), torch.CPU)
		if err != nil {
			return err
		}
		for !tr.Done() {
			if _, err := tr.RunEpoch(context.Background()); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "step") {
		t.Errorf("error %v, want one that names the step", err)
	}
}

func TestConfigErrorsNameTheSetting(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"Batch":       func(c *Config) { c.Batch = 1 },
		"Epochs":      func(c *Config) { c.Epochs = 0 },
		"LR":          func(c *Config) { c.LR = 0 },
		"Temperature": func(c *Config) { c.Temperature = -1 },
		"method":      func(c *Config) { c.Method = "byol" },
	} {
		c := Default(method.BCLI)
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	c := Default(method.SimCLR)
	c.Batch = 128
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 16, Classes: 100}
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		b.Fatal(err)
	}
	source := views.Images(place.Train, augment.CIFAR(32), 1)
	err = torch.Do(func() error {
		tr, err := New(c, encoder, source, torch.CPU)
		if err != nil {
			return err
		}
		e := tr.sampler.Epoch(1, 0, tr.weights())
		defer e.Close()
		batch, err := e.Next()
		if err != nil {
			return err
		}
		for b.Loop() {
			if _, err := oneStep(tr, batch); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(256*float64(b.N)/b.Elapsed().Seconds(), "views/s")
}

// Batches of two of an odd number of samples: no batch has a single sample, whose loss
// would be 0 and whose variance, in batch normalisation, NaN.
func TestBatchesOfTwo(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := small(m)
		c.Batch = 2
		err := torch.Do(func() error {
			tr, err := New(c, tiny, images(t, 7, m, c.Seed), torch.CPU)
			if err != nil {
				return err
			}
			if _, err := tr.RunEpoch(context.Background()); err != nil {
				return err
			}
			for i, l := range tr.Memory.Loss() {
				if !(l > 0) {
					t.Errorf("%s: sample %d has the loss %v", m, i, l)
				}
			}
			for _, n := range nn.StateDict(tr.Net) {
				if v := torch.Item[float64](n.Tensor.Sum()); math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %s sums to %v", m, n.Name, v)
				}
			}
			if tr.Step != 3 || tr.LastLR() != tr.Opt.LR {
				t.Errorf("%s: %d steps of 3, learning rate %v, want %v", m, tr.Step, tr.Opt.LR, tr.LastLR())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
