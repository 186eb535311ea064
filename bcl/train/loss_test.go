package train

import (
	"bytes"
	"testing"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// Every loss trains both networks, with a memory that sees it, and none is another; the zero
// Config is NT-Xent, to the bit.
func TestLosses(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := smallDual(m)
		c.Epochs = 2
		c.Loss = loss.Config{}
		want, plain := trained(t, c)
		seen := map[float64]string{}
		for _, name := range loss.Names() {
			c.Loss = loss.Published()
			c.Loss.Name = name
			got, r := trained(t, c)
			if same := bytes.Equal(got, want) && r[1].Loss == plain[1].Loss; same != (name == "nt-xent") {
				t.Errorf("%s, %s: the weights of NT-Xent: %v", m, name, same)
			}
			if other, ok := seen[r[0].MomentumLoss]; ok {
				t.Errorf("%s: the memory sees the same with %s and %s", m, name, other)
			}
			seen[r[0].MomentumLoss] = name
		}
	}
}

// What the memory sees is the loss of the sample, whatever its weight in the step.
func TestMemorySeesTheLossWithoutItsWeight(t *testing.T) {
	c := small(method.SimCLR)
	first := func(r loss.Reweighting) (losses []float32) {
		c.Reweight = r
		torchtest.Do(t, func() {
			tr := newTrainer(t, c)
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
	plain := first(loss.NoReweighting)
	for _, form := range []loss.Reweighting{loss.FarPositives, loss.LoTaR} {
		for i, l := range first(form) {
			if l != plain[i] {
				t.Errorf("%s: sample %d has loss %v, and %v without weights", form, i, l, plain[i])
			}
		}
	}
}
