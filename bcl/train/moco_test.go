package train

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// A step of the trainer is the algorithm of the paper, written out.
func TestMoCoStep(t *testing.T) {
	torchtest.Do(t, func() {
		ours, plain := newTrainer(t, small(method.MoCo)), newTrainer(t, small(method.MoCo))
		e := ours.sampler.Epoch(1, 0, ours.weights())
		defer e.Close()
		net := plain.objective.(*moco).net
		for step := range 4 {
			b, err := e.Next()
			if err != nil {
				t.Fatal(err)
			}
			losses, err := oneStep(ours, b)
			if err != nil {
				t.Fatal(err)
			}
			v := Views{batch: b, run: plain.forward}
			q := v.Only(0, net.Forward).Normalize(1, 1e-12)
			net.Follow()
			var k torch.Tensor
			torch.NoGrad(func() { k = v.Only(1, net.ForwardKey).Normalize(1, 1e-12) })
			positive := q.Mul(k).SumDim([]int64{1}, true)
			logits := torch.Cat([]torch.Tensor{positive, q.Mm(net.Queue().T())}, 1).DivScalar(plain.config.Temperature)
			first := torch.Zeros([]int64{q.Size(0)}).To(torch.Int64)
			l := torch.CrossEntropy(logits, first, torch.ReduceNone)
			net.Enqueue(k)
			for i, want := range torch.Slice[float32](l) {
				if d := losses[i] - want; d > 2e-4 || d < -2e-4 {
					t.Errorf("step %d: sample %d has loss %v, want %v", step, i, losses[i], want)
				}
			}
			plain.Opt.ZeroGrad()
			l.Mean().Backward()
			plain.Opt.SetLR(plain.schedule.At(plain.Step + 1))
			plain.Opt.Step()
			ours.Step++
			plain.Step++
			e.Recycle(b)
		}
		x, y := everything(ours), everything(plain)
		for i := range x {
			if d := torchtest.Difference(x[i].Tensor, y[i].Tensor); d > 2e-4 {
				t.Errorf("%s differs by %g after four steps", x[i].Name, d)
			}
		}
	})
}

// everything is what a step of MoCo changes.
func everything(tr *Trainer) []nn.Named {
	return append(nn.StateDict(tr.Net), tr.objective.(*moco).Buffers()...)
}

// A run that is interrupted within steps, saved and restored into another trainer ends as an
// uninterrupted one, to the bit: weights, key network and queue.
func TestMoCoIsExact(t *testing.T) {
	c := small(method.BCLMoCo)
	end := func(cut bool) (all []byte) {
		torchtest.Do(t, func() {
			tr := newTrainer(t, c)
			passes := 0
			for !tr.Done() {
				ctx, cancel := context.WithCancel(context.Background())
				whole := tr.inputs
				tr.inputs = func(raw []torch.Tensor, d torch.Device) []torch.Tensor {
					if passes++; cut && passes%7 == 6 { // within a step: the key network has moved
						cancel()
					}
					return whole(raw, d)
				}
				_, err := tr.RunEpoch(ctx)
				cancel()
				tr.inputs = whole
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				if cut && err != nil {
					tr = continued(t, tr, c)
				}
			}
			for _, n := range everything(tr) {
				all = append(all, n.Tensor.Bytes()...)
			}
		})
		return all
	}
	if want, got := end(false), end(true); len(got) == 0 || !bytes.Equal(got, want) {
		t.Error("an interrupted run ends elsewhere than a whole one")
	}
}

func TestMoCoRefuses(t *testing.T) {
	c := small(method.MoCo)
	for want, change := range map[string]func(c *Config){
		"Queue.Size is 7, expected at least the 8 samples": func(c *Config) { c.Queue.Size = 7 },
		"Queue.Momentum is 1,":                             func(c *Config) { c.Queue.Momentum = 1 },
		`Loss.Name is "focal", expected nt-xent with moco`: func(c *Config) { c.Loss = loss.Config{Name: "focal"} },
	} {
		bad := c
		change(&bad)
		if err := bad.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	torchtest.Do(t, func() {
		tr := newTrainer(t, c)
		saved := tr.State()
		other := c
		other.Queue.Size = 30
		for want, s := range map[string]state.Dict{
			"moco is missing":         nil,
			"moco.encoder_k.backbone": {{Name: "moco", Value: state.Dict{}}},
		} {
			if err := tr.SetState(s); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want one with %q", err, want)
			}
		}
		if err := newTrainer(t, other).SetState(saved); err == nil || !strings.Contains(err.Error(), "moco.queue has shape [20 128], expected [30 128]") {
			t.Errorf("another queue: error %v", err)
		}
	})
}
