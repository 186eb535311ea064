package train_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/memory"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/dtype"
	"github.com/bcl-go/bcl/torch/nn"
)

// series are samples of another modality than images: view 0 is a series of 6 numbers
// and a mask, view 1 a summary of 3 numbers.
type series struct{}

func (series) Len() int { return 10 }
func (series) Views() [][]sampler.Spec {
	bytes := func(n int64) sampler.Spec { return sampler.Spec{DType: dtype.Uint8, Shape: []int64{n}} }
	return [][]sampler.Spec{{bytes(6), bytes(6)}, {bytes(3)}}
}
func (s series) NewViewer() sampler.Viewer { return s }
func (series) View(dst [][]byte, sample int, weight float64, epoch, view int) error {
	for _, d := range dst {
		for i := range d {
			d[i] = byte(sample*i + epoch + int(10*weight) + view)
		}
	}
	return nil
}

// towers is an encoder with a linear layer for each kind of view, whose inputs tell which
// it is.
type towers struct {
	nn.Base
	long, short *nn.Linear
}

type towersConfig struct{}

func (towersConfig) Check() error { return nil }
func (towersConfig) Build(model.Layers) model.Encoder {
	t := &towers{}
	t.long = nn.Child(t, "long", nn.NewLinear(6, 8, true))
	t.short = nn.Child(t, "short", nn.NewLinear(3, 8, true))
	return t
}

func (t *towers) Features() int64 { return 8 }
func (t *towers) Inputs(raw []torch.Tensor, d torch.Device) []torch.Tensor {
	out := make([]torch.Tensor, len(raw))
	for i, x := range raw {
		out[i] = x.ToDevice(d).To(torch.Float32).DivScalar(255)
	}
	return out
}
func (t *towers) Forward(inputs ...torch.Tensor) torch.Tensor {
	if len(inputs) == 2 {
		return t.long.Forward(inputs[0].Mul(inputs[1]))
	}
	return t.short.Forward(inputs[0])
}

// cosine is an objective with a loss of its own: 1 - cosine of the two views; it counts its
// epochs, which a checkpoint keeps.
type cosine struct {
	net    *model.SimCLR
	epochs float64
}

func init() {
	train.RegisterObjective("cosine", func(_ train.Config, encoder model.Builder) train.Objective {
		return &cosine{net: model.NewSimCLR(encoder)}
	})
	method.Register("bcl-cosine", method.Traits{Objective: "cosine", Rule: memory.Boosted, RandK: 1})
}

func (o *cosine) Network() model.Network       { return o.net }
func (o *cosine) BeginEpoch(uint64, int) error { o.epochs++; return nil }
func (o *cosine) State(bool) state.Dict        { return state.Dict{{Name: "cosine_epochs", Value: o.epochs}} }
func (o *cosine) SetState(s state.Dict, _ bool) error {
	r := state.Reader{Dict: s}
	o.epochs = r.Float("cosine_epochs")
	return r.Err
}
func (o *cosine) Losses(v train.Views, _ int) train.Losses {
	z := v.Each(o.net.Forward)
	a, b := z[0].Normalize(-1, 1e-12), z[1].Normalize(-1, 1e-12)
	return train.Losses{PerSample: a.Mul(b).SumDim([]int64{-1}, false).Neg().AddScalar(1), Z1: z[0], Z2: z[1]}
}

// named is an auxiliary loss with a name.
type named struct {
	loss.AuxiliaryConfig
	name string
}

func (n named) Name() string               { return n.name }
func (n named) Check(int, int, int) error  { return nil }
func (n named) Restart(int) (int, float64) { return 0, 0 }

// one is a source of one view.
type one struct{ series }

func (one) Views() [][]sampler.Spec { return series{}.Views()[:1] }

// What would be lost in a checkpoint, or fail within an epoch, is refused at the start.
func TestRefusedAtTheStart(t *testing.T) {
	base := train.Default(method.BCLI)
	for want, change := range map[string]func(c *train.Config){
		`"memory"`: func(c *train.Config) { c.Auxiliary = []loss.AuxiliaryConfig{named{name: "memory"}} },
		`""`:       func(c *train.Config) { c.Auxiliary = []loss.AuxiliaryConfig{named{}} },
		`"twice"`: func(c *train.Config) {
			c.Auxiliary = []loss.AuxiliaryConfig{named{name: "twice"}, named{name: "twice"}}
		},
		"Method is": func(c *train.Config) { c.Method = "BCL_I" },
	} {
		c := base
		change(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %s", err, want)
		}
	}
	err := torch.Do(func() error {
		_, err := train.New(base, towersConfig{}, one{}, torch.CPU)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "1 views of a sample, expected 2") {
		t.Errorf("one view: error %v", err)
	}
	c := base
	c.Method, c.Memory.Signal = "bcl-cosine", signal.Density // of which its objective knows nothing
	err = torch.Do(func() error {
		_, err := train.New(c, towersConfig{}, series{}, torch.CPU)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "Memory.Signal is density, expected one of those that bcl-cosine measures: loss") {
		t.Errorf("a signal that is not measured: error %v", err)
	}
	c = base
	c.Method, c.Batch = method.BCLD, 4
	err = torch.Do(func() error {
		tr, err := train.New(c, towersConfig{}, series{}, torch.CPU)
		if err == nil {
			_, err = tr.RunEpoch(context.Background())
		}
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "nothing to prune") {
		t.Errorf("an encoder that cannot be pruned: error %v", err)
	}
}

// A program adds a method with its own objective, and trains it on samples that are no
// images with views of different shapes; saved within an epoch and resumed it ends as a
// whole run does.
func TestMethodOfOnesOwn(t *testing.T) {
	m, err := method.Parse("BCL_cosine")
	if err != nil {
		t.Fatal(err)
	}
	c := train.Default(m)
	c.Epochs, c.Warmup, c.Batch, c.LR = 3, 1, 4, 0.1
	path := filepath.Join(t.TempDir(), "model.pt")
	weights := func(resume bool, stop int) (all []byte) {
		err := torch.Do(func() error {
			tr, err := train.New(c, towersConfig{}, series{}, torch.CPU)
			if err != nil {
				return err
			}
			if resume {
				saved, err := checkpoint.Load(path)
				if err == nil {
					err = saved.Restore(tr)
				}
				if err != nil {
					return err
				}
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			tr.Progress = func(train.Step) {
				if tr.Step == stop {
					cancel()
				}
			}
			for !tr.Done() {
				if _, err := tr.RunEpoch(ctx); errors.Is(err, context.Canceled) {
					return checkpoint.Save(path, tr, checkpoint.About{})
				} else if err != nil {
					return err
				}
			}
			for _, n := range nn.StateDict(tr.Net) {
				all = append(all, n.Tensor.Bytes()...)
			}
			if epochs, _ := tr.State().Get("cosine_epochs"); epochs != 3. {
				t.Errorf("the objective counted %v epochs", epochs)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	whole := weights(false, 0)
	if weights(false, 5) != nil {
		t.Fatal("not stopped")
	}
	if got := weights(true, 0); len(got) == 0 || !bytes.Equal(got, whole) {
		t.Error("a resumed run ends elsewhere than a whole one")
	}
}
