package train

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// stateOf is the bytes of everything that a step changes.
func stateOf(tr *Trainer) (all []byte) {
	for _, n := range tr.StateDict() {
		all = append(all, n.Tensor.Bytes()...)
	}
	for _, b := range tr.Opt.Buffers() {
		all = append(all, b.Bytes()...)
	}
	return binary.NativeEndian.AppendUint64(all, math.Float64bits(tr.Opt.LR))
}

// A run whose context ends within a step, between its passes, is in the state before that
// step, running statistics included, and when resumed ends like an uninterrupted run.
func TestStepIsCut(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := small(m)
		c.LR = 0.02
		want, _ := trained(t, c)
		torchtest.Do(t, func() {
			tr := newTrainer(t, c)
			var cancel context.CancelFunc
			passes, cuts := 0, 0
			whole := tr.inputs
			tr.inputs = func(raw []torch.Tensor, d torch.Device) []torch.Tensor {
				if passes++; passes%3 == 0 {
					cancel()
				}
				return whole(raw, d)
			}
			last := stateOf(tr)
			tr.Progress = func(Step) { last = stateOf(tr) }
			for !tr.Done() {
				var ctx context.Context
				ctx, cancel = context.WithCancel(context.Background())
				_, err := tr.RunEpoch(ctx)
				cancel()
				if err == nil {
					continue
				}
				if cuts++; !errors.Is(err, context.Canceled) || !bytes.Equal(stateOf(tr), last) {
					t.Fatalf("%s: step %d was interrupted and changed something; error %v", m, tr.Step+1, err)
				}
			}
			if cuts < 5 {
				t.Fatalf("%s: %d steps were interrupted, expected at least 5", m, cuts)
			}
			if got := stateOf(tr); !bytes.HasPrefix(got, want) {
				t.Errorf("%s: a run with %d interrupted steps ends differently from an uninterrupted one", m, cuts)
			}
		})
	}
}

// A loss that is not finite also leaves the state of the step before.
func TestBadLossMovesNothing(t *testing.T) {
	torchtest.Do(t, func() {
		tr := newTrainer(t, small(method.SimCLR))
		tr.inputs = func(raw []torch.Tensor, d torch.Device) []torch.Tensor {
			x := model.FromPixels(raw[0], d)
			if tr.Step == 2 {
				x = x.Mul(torch.Scalar(float32(1e30))).Mul(torch.Scalar(float32(1e30)))
			}
			return []torch.Tensor{x}
		}
		var last []byte
		tr.Progress = func(Step) { last = stateOf(tr) }
		if _, err := tr.RunEpoch(context.Background()); err == nil {
			t.Fatal("no error")
		}
		if tr.Step != 2 || !bytes.Equal(stateOf(tr), last) {
			t.Errorf("after %d steps the state differs from that of the step before", tr.Step)
		}
	})
}

// Hold within a step gives the state of the step before, in any pass, and does not change
// the end of the run.
func TestHold(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := small(m)
		c.LR = 0.02
		want, _ := trained(t, c)
		torchtest.Do(t, func() {
			tr := newTrainer(t, c)
			last, looks := stateOf(tr), 0
			tr.Progress = func(Step) { last = stateOf(tr) }
			whole := tr.inputs
			tr.inputs = func(raw []torch.Tensor, d torch.Device) []torch.Tensor {
				looked := make(chan error)
				go func() {
					looked <- torch.Do(func() error {
						release := tr.Hold()
						defer release()
						if got := stateOf(tr); !bytes.Equal(got, last) {
							return errors.New("another state than that of the step before")
						}
						return nil
					})
				}()
				looks++
				if err := <-looked; err != nil {
					t.Errorf("%s: step %d, look %d: %v", m, tr.Step+1, looks, err)
				}
				return whole(raw, d)
			}
			for !tr.Done() {
				if _, err := tr.RunEpoch(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if steps := tr.Step; looks < steps {
				t.Errorf("%s: %d looks in %d steps", m, looks, steps)
			}
			if got := stateOf(tr); !bytes.HasPrefix(got, want) {
				t.Errorf("%s: a run that was held ends differently", m)
			}
		})
	}
}
