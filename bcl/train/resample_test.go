package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func resampled(m method.Method) Config {
	c := smallDual(m)
	c.LR = 0.02
	c.Resample = Resample{Signal: signal.Density, Ratio: 20}
	return c
}

// The first epoch is as without; later ones have as many steps, and each momentum follows the
// mean of a sample's draws, once an epoch, and stays where there are none.
func TestResampledEpochs(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := resampled(m)
		plain := c
		plain.Resample.Signal = ""
		torchtest.Do(t, func() {
			tr, without := newTrainer(t, c), newTrainer(t, plain)
			epoch := func(tr *Trainer) {
				t.Helper()
				if _, err := tr.RunEpoch(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			epoch(tr)
			epoch(without)
			if !bytes.Equal(stateOf(tr), stateOf(without)) || !slices.Equal(tr.Memory.Loss(), without.Memory.Loss()) {
				t.Errorf("%s: the first epoch differs from one without re-sampling", m)
			}
			visits, err := tr.visits()
			if err != nil {
				t.Fatal(err)
			}
			draws := make([]int, tr.Memory.Len())
			for _, i := range visits.Samples {
				draws[i]++
			}
			if slices.Max(draws) < 2 || slices.Min(draws) > 0 {
				t.Fatalf("%s: draws %v, so that nothing is shown", m, draws)
			}
			beta, take := float32(c.Memory.Beta), float32(1-c.Memory.Beta)
			for range 2 {
				loss, density := slices.Clone(tr.Memory.Loss()), slices.Clone(tr.resample.momentum.Loss())
				epoch(tr)
				never := 0
				for i := range loss {
					l, d := tr.Signals.Row(signal.Loss)[i], tr.Signals.Row(signal.Density)[i]
					if l != l {
						never++
					} else {
						loss[i], density[i] = float32(take*l)+float32(beta*loss[i]), float32(take*-d)+float32(beta*density[i])
					}
				}
				if never == 0 || !slices.Equal(loss, tr.Memory.Loss()) || !slices.Equal(density, tr.resample.momentum.Loss()) {
					t.Errorf("%s: of %d samples that were not drawn and others the momenta are not those of their means", m, never)
				}
			}
			if tr.Step != 3*tr.Batches() {
				t.Errorf("%s: %d steps", m, tr.Step)
			}
		})
	}
}

// What is recorded of a sample is the mean over its draws.
func TestMeansOfDraws(t *testing.T) {
	r := signal.NewRecorder([]signal.Name{signal.Loss, signal.COLT}, 3)
	r.Observe([]int{2, 0}, []int{0, 0}, []float32{1, 5, 10, 50})
	r.Observe([]int{2, 0}, []int{1, 1}, []float32{2, 6, 20, 60})
	r.Observe([]int{2}, []int{2}, []float32{6, 60})
	samples, values := r.Drawn()
	if !slices.Equal(samples, []int{0, 2}) || !slices.Equal(values, []float32{5.5, 3, 55, 30}) {
		t.Errorf("samples %v, values %v", samples, values)
	}
	if v := r.Row(signal.Loss)[1]; v == v {
		t.Errorf("a sample that was not drawn has %v", v)
	}
}

// A run that is interrupted in each epoch and goes on in another trainer, with other workers,
// ends as a whole one does, to the bit.
func TestResampledRunIsExact(t *testing.T) {
	c := resampled(method.BCLI)
	c.RwSAM = RwSAM{On: true, Rho: 0.1, Adaptive: true, Alpha: 1}
	c.Auxiliary = []loss.AuxiliaryConfig{func() harmony.Config {
		h := harmony.Published()
		h.Classes, h.From = 5, 2
		return h
	}()}
	want, _ := trained(t, c)
	torchtest.Do(t, func() {
		tr := newTrainer(t, c)
		for at := 2; !tr.Done(); at++ {
			ctx, cancel := context.WithCancel(context.Background())
			tr.Progress = func(s Step) {
				if s.Batch == at {
					cancel()
				}
			}
			_, err := tr.RunEpoch(ctx)
			cancel()
			if err == nil {
				continue
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			c.Workers++
			tr = continued(t, tr, c)
		}
		got := bytesOf(tr)
		if c.Workers < Default(method.BCLI).Workers+2 || !bytes.Equal(got, want) {
			t.Error("a run that was interrupted ends elsewhere than a whole one")
		}
	})
}

// Two processes have the epochs of one.
func TestResampledByProcesses(t *testing.T) {
	c := resampled(method.BCLI)
	c.Epochs, c.Batch, c.LR = 2, 10, 0.001 // small, so that rounding does not grow
	source := images(t, 103, c.Method, c.Seed)
	one, err := trace(c, source, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	two := together(t, 2, c, source)
	if !bytes.Equal(two[0].bytes, two[1].bytes) || !slices.Equal(two[0].memory, two[1].memory) {
		t.Error("two processes end at different places")
	}
	for i, l := range one.losses {
		if math.Abs(two[0].losses[i]-l) > 0.02 {
			t.Errorf("step %d: loss %v of two processes, %v of one", i+1, two[0].losses[i], l)
		}
	}
}

func TestBadResampling(t *testing.T) {
	c := resampled(method.BCLI)
	for want, bad := range map[string]Resample{
		"expected one of loss, align":   {signal.Purity, 10},
		"expected 0.001 to 1000":        {signal.COLT, 0},
		"Resample.Ratio is 1001, expec": {signal.COLT, 1001},
		"Resample.Ratio is NaN, expect": {signal.COLT, math.NaN()},
	} {
		c.Resample = bad
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", bad, err, want)
		}
	}
	torchtest.Do(t, func() {
		tr := newTrainer(t, resampled(method.SimCLR))
		if err := tr.SetState(nil); err == nil || !strings.Contains(err.Error(), "did not re-sample") {
			t.Errorf("no state: error %v", err)
		}
		if err := tr.SetState(state.Dict{{Name: resampleName, Value: state.Dict{}}}); err == nil || !strings.Contains(err.Error(), "resample: momentum is missing") {
			t.Errorf("empty state: error %v", err)
		}
	})
}
