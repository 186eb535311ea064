package train

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// On the CPU a graph repeats its operators (package cuda), so these tests compare the steps
// that a device is given ahead with those of step.go, by number. They cannot show that a GPU's
// streams are in order.

func steady(m method.Method) Config {
	c := small(m)
	c.LR, c.Batch = 0.02, 4
	c.Epochs = 5 // the last batch of an epoch, a size of its own, is captured in the fourth
	return c
}

// byOne is a trainer as on a GPU, without graphs.
func byOne(t *testing.T, c Config) *Trainer {
	t.Helper()
	c.CUDAGraph = false
	return fed(t, c)
}

func TestStepsAheadAreTheSameSteps(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := steady(m)
		torchtest.Do(t, func() {
			var want, got []Step
			var reports [2][]run.Metrics
			a, b := byOne(t, c), fed(t, c)
			for i, of := range []struct {
				tr    *Trainer
				steps *[]Step
			}{{a, &want}, {b, &got}} {
				of.tr.Progress = func(s Step) { *of.steps = append(*of.steps, s) }
				for !of.tr.Done() {
					r, err := of.tr.RunEpoch(context.Background())
					if err != nil {
						t.Fatal(err)
					}
					r.Seconds, r.ViewsPerSec = 0, 0
					reports[i] = append(reports[i], r)
				}
			}
			if !bytes.Equal(stateOf(a), stateOf(b)) || !slices.Equal(a.Memory.Loss(), b.Memory.Loss()) {
				t.Errorf("%s: other weights, buffers or momentum losses", m)
			}
			if !bytes.Equal(recorded(a), recorded(b)) {
				t.Errorf("%s: other signals", m)
			}
			for i, r := range reports[0] {
				if o := reports[1][i]; o.Loss != r.Loss || o.LR != r.LR || o.Weights != r.Weights {
					t.Errorf("%s: epoch %d is %+v, want %+v", m, i+1, o, r)
				}
			}
			most := 0
			for i := range want {
				most = max(most, got[i].Ahead)
				if w, g := want[i], got[i]; g.Epoch != w.Epoch || g.Batch != w.Batch || g.Loss != w.Loss || g.LR != w.LR || w.Ahead != 0 {
					t.Errorf("%s: step %d is %+v, want %+v", m, i+1, g, w)
				}
			}
			if len(got) != len(want) || most != depth-1 || got[len(got)-1].Ahead != 0 {
				t.Errorf("%s: %d steps, at most %d ahead, want %d and %d", m, len(got), most, len(want), depth-1)
			}
			if n := len(b.ahead.graphs.of); n != 2 || len(b.ahead.graphs.unused) != sizes-2 {
				t.Errorf("%s: %d sizes of batch, %d graphs left", m, n, len(b.ahead.graphs.unused))
			}
		})
	}
}

// A loss that is not finite, in a step whose successors have begun: the error is that of
// step.go, and so is the state, the running statistics included.
func TestBadLossOfAStepAhead(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := steady(m)
		c.Epochs = 1
		torchtest.Do(t, func() {
			var failures [3]error
			var states [3][]byte
			var held *Trainer // somebody looks whenever training waits for views, and may find it
			var looks sync.WaitGroup
			hold := func() { looks.Go(func() { held.Hold()() }) }
			held = fedBy(t, c, hooked{images(t, 34, m, c.Seed), &hold})
			for i, tr := range []*Trainer{byOne(t, c), fed(t, c), held} {
				broken := torch.Ones([]int64{})
				passes, first := 0, 4 // of the fourth step
				if m == method.BCLD {
					first = 7
				}
				whole := tr.inputs
				tr.inputs = func(raw []torch.Tensor, d torch.Device) []torch.Tensor {
					if passes++; passes == first {
						broken.Fill_(1e30)
					}
					x := whole(raw, d)[0]
					return []torch.Tensor{x.Mul(broken).Mul(broken)}
				}
				var last []byte
				tr.Progress = func(s Step) {
					if s.Ahead == 0 {
						last = stateOf(tr)
					}
				}
				_, failures[i] = tr.RunEpoch(context.Background())
				looks.Wait()
				states[i] = stateOf(tr)
				if i == 0 && !bytes.Equal(states[i], last) {
					t.Fatalf("%s: step.go has moved", m)
				}
			}
			if failures[0] == nil || !strings.Contains(failures[0].Error(), "epoch 1, step 4: the loss of sample") {
				t.Fatalf("%s: error %v of step.go", m, failures[0])
			}
			for i := 1; i < len(states); i++ {
				if failures[i] == nil || failures[i].Error() != failures[0].Error() {
					t.Errorf("%s: error %v, want %v", m, failures[i], failures[0])
				}
				if !bytes.Equal(states[i], states[0]) {
					t.Errorf("%s: the state is not that before the step", m)
				}
			}
		})
	}
}

// A run that is interrupted with steps under way counts them, and resumed it ends like an
// uninterrupted one, although its first steps are taken one by one again.
func TestInterruptedAhead(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := steady(m)
		torchtest.Do(t, func() {
			whole := fed(t, c)
			toTheEnd(t, whole)
			tr := fed(t, c)
			cuts := 0
			for !tr.Done() {
				ctx, cancel := context.WithCancel(context.Background())
				tr.Progress = func(s Step) {
					if s.Batch%2 == 1 && s.Ahead > 0 {
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
				if cuts++; len(tr.ahead.under) > 0 {
					t.Errorf("%s: %d steps are still under way", m, len(tr.ahead.under))
				}
				if err := tr.useDevice(); err != nil { // as in a new process
					t.Fatal(err)
				}
			}
			if cuts == 0 || !bytes.Equal(stateOf(tr), stateOf(whole)) || !slices.Equal(tr.Memory.Loss(), whole.Memory.Loss()) {
				t.Errorf("%s: a run that was interrupted %d times ends differently", m, cuts)
			}
		})
	}
}

// hooked is a source that calls a function before some views.
type hooked struct {
	sampler.Source
	hook *func()
}

func (h hooked) NewViewer() sampler.Viewer { return viewer{h.Source.NewViewer(), h.hook} }

type viewer struct {
	sampler.Viewer
	hook *func()
}

func (v viewer) View(dst [][]byte, sample int, w float64, epoch, view int) error {
	if view == 0 && sample%5 == 0 {
		(*v.hook)()
	}
	return v.Viewer.View(dst, sample, w, epoch, view)
}

// statesOf are the states of a run after each step, by steps.
func statesOf(t *testing.T, c Config) map[int][]byte {
	t.Helper()
	states := map[int][]byte{}
	tr := byOne(t, c)
	tr.Progress = func(Step) { states[tr.Step] = stateOf(tr) }
	toTheEnd(t, tr)
	return states
}

// Settle, in Progress, leads to a step whose state can be looked at there.
func TestSettleAhead(t *testing.T) {
	c := steady(method.BCLD)
	torchtest.Do(t, func() {
		states := statesOf(t, c)
		tr := fed(t, c)
		settled := 0
		tr.Progress = func(s Step) {
			if s.Ahead > 0 {
				if s.Batch == 2 {
					tr.Settle()
				}
				return
			}
			if s.Batch == 4 { // of nine: the two that had begun when batch 2 asked
				settled++
			}
			if !bytes.Equal(stateOf(tr), states[tr.Step]) {
				t.Errorf("after %d steps the state is not that of the position", tr.Step)
			}
		}
		toTheEnd(t, tr)
		if settled != c.Epochs-1 {
			t.Errorf("%d of %d epochs settled", settled, c.Epochs-1)
		}
	})
}

// Hold, whenever it comes, gives the state of the position.
func TestHoldAhead(t *testing.T) {
	c := steady(method.BCLD)
	torchtest.Do(t, func() {
		states := statesOf(t, c)
		var hook func() // while a worker makes views, for which training waits
		tr := fedBy(t, c, hooked{images(t, 34, c.Method, c.Seed), &hook})
		held, waited := 0, 0
		hook = func() {
			err := torch.Do(func() error {
				tr.moving.Lock()
				if len(tr.ahead.under) > 0 {
					waited++
				}
				tr.moving.Unlock()
				release := tr.Hold()
				defer release()
				if tr.Step == 0 {
					return nil
				}
				if held++; !bytes.Equal(stateOf(tr), states[tr.Step]) {
					t.Errorf("after %d steps the state is not that of the position", tr.Step)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		toTheEnd(t, tr)
		if held < 5 || waited == 0 {
			t.Errorf("%d looks, of which %d had steps under way", held, waited)
		}
	})
}
