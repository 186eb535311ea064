package train

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// harmonised is a run of a few seconds with the loss in its last two epochs.
func harmonised(m method.Method) Config {
	c := smallDual(m)
	h := harmony.Published()
	h.Classes, h.From, h.Ramp, h.Iterations = 5, 3, 2, 20
	c.Epochs, c.Auxiliary = 4, []loss.AuxiliaryConfig{&h}
	return c
}

// settings are those of Geometric Harmonization.
func settings(c Config) *harmony.Config { return c.Auxiliary[0].(*harmony.Config) }

// text writes state with the bytes of its tensors.
func text(s state.Dict) (all string) {
	for _, e := range s {
		if x, ok := e.Value.(torch.Tensor); ok {
			e.Value = x.Bytes()
		}
		all += fmt.Sprintln(e.Name, e.Value)
	}
	return all
}

// With every method the loss starts at its epoch: until then the run is the same as
// without it.
func TestHarmonyGoesWithEveryMethod(t *testing.T) {
	for _, m := range method.All() {
		c := harmonised(m)
		c.Epochs, settings(c).From = 2, 2
		settings(c).LRShare = 0 // it also changes the learning rate of the epochs before
		weights, with := trained(t, c)
		c.Auxiliary = nil
		plain, without := trained(t, c)
		for e := range with {
			if on := e >= 1; (with[e].Auxiliary["harmony"] > 0) != on || without[e].Auxiliary["harmony"] != 0 {
				t.Errorf("%s, epoch %d: loss %v, and %v without the option", m, e+1, with[e].Auxiliary["harmony"], without[e].Auxiliary["harmony"])
			}
			if same := with[e].Loss == without[e].Loss; same != (e < 1) {
				t.Errorf("%s, epoch %d: contrastive loss %v, and %v without the option", m, e+1, with[e].Loss, without[e].Loss)
			}
		}
		if bytes.Equal(weights, plain) {
			t.Errorf("%s: the option changes nothing", m)
		}
	}
}

// A run that is interrupted within epochs ends like an uninterrupted one, also with more
// workers; restored states are equal to the saved ones.
func TestHarmonyIsExact(t *testing.T) {
	c := harmonised(method.BCLD)
	want, reports := trained(t, c)
	c.Workers = 4
	var got []byte
	var gotReports []run.Metrics
	torchtest.Do(t, func() {
		tr := newTrainer(t, c)
		for !tr.Done() {
			ctx, cancel := context.WithCancel(context.Background())
			tr.Progress = func(s Step) {
				if s.Batch == 3 {
					cancel()
				}
			}
			r, err := tr.RunEpoch(ctx)
			cancel()
			if err == nil {
				gotReports = append(gotReports, r)
			} else if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			before := tr.Auxiliary[0].State()
			tr.Auxiliary[0] = settings(c).New(tr.Memory.Len(), 128, c.Epochs, c.Seed, torch.CPU)
			if err := tr.Auxiliary[0].SetState(before); err != nil {
				t.Fatal(err)
			}
			if text(tr.Auxiliary[0].State()) != text(before) {
				t.Error("the restored state differs")
			}
		}
		got = bytesOf(tr)
	})
	if !bytes.Equal(got, want) {
		t.Error("an interrupted run ends differently from an uninterrupted one")
	}
	for e, r := range reports {
		if r.Auxiliary["harmony"] != gotReports[e].Auxiliary["harmony"] {
			t.Errorf("epoch %d: loss %v, and %v in an interrupted run", e+1, r.Auxiliary["harmony"], gotReports[e].Auxiliary["harmony"])
		}
	}
}

// The other options work with it, and each still changes the run.
func TestHarmonyWithOtherOptions(t *testing.T) {
	seen := map[float64]string{}
	for name, change := range map[string]func(*Config){
		"alone":       func(*Config) {},
		"temperature": func(c *Config) { c.Schedule = &loss.CosineTemperature{Low: 0.1, High: 1, Period: 4} },
		"reweight":    func(c *Config) { c.Reweight = loss.FarPositives },
		"both": func(c *Config) {
			c.Schedule, c.Reweight = &loss.CosineTemperature{Low: 0.1, High: 1, Period: 4}, loss.FarPositives
		},
		"weight": func(c *Config) { settings(*c).Weight = 0.5 },
		"floor":  func(c *Config) { settings(*c).Floor = 10 },
	} {
		c := harmonised(method.BCLI)
		change(&c)
		_, r := trained(t, c)
		last := r[len(r)-1].Auxiliary["harmony"]
		if other, ok := seen[last]; ok || !(last > 0) {
			t.Errorf("%s: loss %v, that of %q", name, last, other)
		}
		seen[last] = name
	}
}

// Two cosines: 0.5 to 0.3 in the first half of the run, then to 1e-6.
func TestHarmonyLearningRate(t *testing.T) {
	c := Default(method.SimCLR)
	c.Epochs = 1000
	plain := newSchedule(c, 20)
	h := harmony.Published()
	c.Auxiliary = []loss.AuxiliaryConfig{&h}
	s := newSchedule(c, 20)
	for epoch, want := range map[int]float64{
		5: 0.25, 10: 0.5, 255: 0.4, 500: 0.3, 750: 0.15, 1000: FinalLR, // after that many epochs
	} {
		if got := s.At(epoch * 20); math.Abs(got-want) > 1e-6 {
			t.Errorf("after epoch %d: learning rate %v, want %v", epoch, got, want)
		}
	}
	h.LRShare = 0
	for step := range 20000 {
		if got, want := newSchedule(c, 20).At(step), plain.At(step); got != want {
			t.Fatalf("step %d: learning rate %v, want %v", step, got, want)
		}
	}
}

// Its gradient reaches the network: the loss decreases.
func TestHarmonyLossFalls(t *testing.T) {
	c := harmonised(method.SimCLR)
	c.Epochs, settings(c).Ramp = 12, 1
	_, r := trained(t, c)
	if first, last := r[2].Auxiliary["harmony"], r[11].Auxiliary["harmony"]; !(last < 0.9*first) {
		t.Errorf("loss %v at first and %v at last", first, last)
	}
}

func TestHarmonyErrorsNameTheSetting(t *testing.T) {
	c := Default(method.BCLI)
	h := harmony.Published()
	h.Classes = 200
	c.Auxiliary = []loss.AuxiliaryConfig{&h}
	if err := c.Check(); err == nil || err.Error() != "harmony.Classes is 200, expected 3 to 129: more directions cannot be equally far apart in 128 dimensions, and with 2 the logits are signs, without a gradient" {
		t.Errorf("error %v", err)
	}
}
