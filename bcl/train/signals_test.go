package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// recorded is the bytes of the signals of the epoch.
func recorded(tr *Trainer) (all []byte) {
	for _, name := range tr.Signals.Names() {
		all = append(all, torch.FromSlice(tr.Signals.Row(name)).Bytes()...)
	}
	return all
}

// Every epoch records the signals of each sample, for both kinds of network and whatever the
// temperature: the loss is the metrics', and NT-Xent of its parts.
func TestSignalsOfAnEpoch(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := small(m)
		c.LR = 0.02
		torchtest.Do(t, func() {
			tr := newTrainer(t, c)
			if !slices.Equal(tr.Signals.Names(), signal.Recorded()) {
				t.Fatalf("%s records %v", m, tr.Signals.Names())
			}
			for !tr.Done() {
				r, err := tr.RunEpoch(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				loss, align, density, colt := tr.Signals.Row(signal.Loss), tr.Signals.Row(signal.Align), tr.Signals.Row(signal.Density), tr.Signals.Row(signal.COLT)
				mean := 0.0
				for i := range loss {
					mean += float64(loss[i]) / float64(len(loss))
					// Each view has its own negatives, so this holds on average only; the mean
					// of log(exp(p)+exp(u)) is not less than that of its arguments' means.
					p := (1 - float64(align[i])) / c.Temperature
					for n := range 2 { // of full batches and of the last, of two samples
						u := float64(density[i]) + math.Log([]float64{14, 2}[n])
						least := math.Log(math.Exp(p)+math.Exp(u)) - p
						if d := float64(loss[i]) - least; d > -1e-4 && d < 1 {
							break
						} else if n == 1 {
							t.Fatalf("%s, sample %d: loss %v of alignment %v and density %v", m, i, loss[i], align[i], density[i])
						}
					}
					if !(colt[i] > 0 && colt[i] <= 1) {
						t.Errorf("%s, sample %d: COLT's score %v", m, i, colt[i])
					}
				}
				if math.Abs(mean-r.Loss) > 1e-5 {
					t.Errorf("%s: mean loss %v, metrics say %v", m, mean, r.Loss)
				}
			}
		})
	}
}

// An epoch that is interrupted and goes on in another process records what it would have.
func TestSignalsOfAnInterruptedEpoch(t *testing.T) {
	c := small(method.BCLD)
	torchtest.Do(t, func() {
		whole := newTrainer(t, c)
		if _, err := whole.RunEpoch(context.Background()); err != nil {
			t.Fatal(err)
		}
		c.Workers = 5
		cut := newTrainer(t, c)
		ctx, cancel := context.WithCancel(context.Background())
		cut.Progress = func(s Step) {
			if s.Batch == 3 {
				cancel()
			}
		}
		if _, err := cut.RunEpoch(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if bytes.Equal(recorded(cut), recorded(whole)) {
			t.Fatal("the epoch was not interrupted")
		}
		saved, _ := cut.State().Dict(signalsName)
		cut.Signals.Reset() // what another process has
		if err := cut.setSignals(state.Dict{{Name: signalsName, Value: saved}}); err != nil {
			t.Fatal(err)
		}
		cut.Progress = nil
		if _, err := cut.RunEpoch(context.Background()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(recorded(cut), recorded(whole)) {
			t.Error("other signals than those of an uninterrupted epoch")
		}
		if _, there := cut.State().Get(signalsName); there {
			t.Error("state of the signals between epochs")
		}
	})
}

// State of another size is an error; state without signals, of an earlier program, is not.
func TestStateOfSignals(t *testing.T) {
	torchtest.Do(t, func() {
		tr := newTrainer(t, small(method.BCLI))
		tr.Batch = 1
		bad := state.Dict{{Name: signalsName, Value: state.Dict{{Name: "colt", Value: torch.FromSlice([]float32{1})}}}}
		if err := tr.SetState(bad); err == nil || !strings.Contains(err.Error(), "signals: colt: 1 values, expected 34") {
			t.Errorf("error %v", err)
		}
		if err := tr.SetState(nil); err != nil {
			t.Error(err)
		}
	})
}

// liar is an objective whose signals are not those that it lists.
type liar struct {
	Objective
	give func(Losses) Losses
}

func (l liar) Signals() []signal.Name {
	return []signal.Name{signal.Align, signal.Density, signal.COLT}
}
func (l liar) Losses(v Views, epoch int) Losses {
	return l.give(l.Objective.Losses(v, epoch))
}

func TestWrongSignals(t *testing.T) {
	torchtest.Do(t, func() {
		for want, give := range map[string]func(Losses) Losses{
			"gives 0 signals beside the loss, and lists 3: align, density, colt": func(l Losses) Losses { l.Signals = nil; return l },
			"gives 3 values of density for 8 samples":                            func(l Losses) Losses { l.Signals[1] = l.Signals[1].Narrow(0, 0, 3); return l },
			"gives 5 losses for 8 samples":                                       func(l Losses) Losses { l.PerSample = l.PerSample.Narrow(0, 0, 5); return l },
		} {
			tr := newTrainer(t, small(method.BCLI))
			tr.objective = liar{tr.objective, give}
			if _, err := tr.RunEpoch(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		}
	})
}
