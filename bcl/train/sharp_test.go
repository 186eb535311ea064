package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/state"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func sharpened(m method.Method) Config {
	c := smallDual(m)
	c.LR = 0.02
	c.RwSAM = RwSAM{On: true, Rho: 0.5, Adaptive: true, Alpha: 1}
	return c
}

// With one network and with two branches it changes the run, from the first epoch on; the weights count from the
// second, the size always; of size 0 it moves as plain steps do.
func TestRwSAM(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := sharpened(m)
		c.Epochs = 2
		weights, reports := trained(t, c)
		plain := c
		plain.RwSAM.On = false
		without, r := trained(t, plain)
		unweighted := c
		unweighted.RwSAM.Alpha = 0
		sam, s := trained(t, unweighted)
		if bytes.Equal(weights, without) || bytes.Equal(weights, sam) || bytes.Equal(sam, without) {
			t.Errorf("%s: rwSAM, SAM and SGD end alike", m)
		}
		if reports[0].Loss != s[0].Loss || reports[0].Loss == r[0].Loss || reports[1].Loss == s[1].Loss {
			t.Errorf("%s: losses %v and %v, of SAM %v and %v", m, reports[0].Loss, reports[1].Loss, s[0].Loss, s[1].Loss)
		}
	}
}

func TestRwSAMWeights(t *testing.T) {
	torchtest.Do(t, func() {
		tr := newTrainer(t, sharpened(method.SimCLR))
		tr.sharp.density.Observe([]int{3, 5, 8}, []float32{1, 2, -1})
		if w := tr.sharp.weights([]int{3, 4}); w != nil {
			t.Errorf("weights %v of a sample that was not seen", w)
		}
		w := tr.sharp.weights([]int{8, 3, 5})
		e := math.Exp
		for i, log := range []float64{-1, 1, 2} {
			want := 3 * e(-log) / (e(1) + e(-1) + e(-2))
			if math.Abs(float64(w[i])-want) > 1e-6 {
				t.Errorf("weight %d is %v, want %v", i, w[i], want)
			}
		}
		if err := tr.SetState(nil); err == nil || !strings.Contains(err.Error(), "had no rwSAM") {
			t.Errorf("no state: error %v", err)
		}
		if err := tr.SetState(state.Dict{{Name: sharpName, Value: state.Dict{}}}); err == nil || !strings.Contains(err.Error(), "rwsam: density is missing") {
			t.Errorf("empty state: error %v", err)
		}
	})
}

// A run that is cut in either pass of a step is in the state before that step, and one resumed
// from its state ends as a whole one does, to the bit.
func TestRwSAMIsExact(t *testing.T) {
	c := sharpened(method.BCLI)
	want, _ := trained(t, c)
	torchtest.Do(t, func() {
		tr := newTrainer(t, c)
		passes, cuts := 0, 0
		for !tr.Done() {
			ctx, cancel := context.WithCancel(context.Background())
			var before []byte
			whole := tr.inputs
			tr.inputs = func(raw []torch.Tensor, d torch.Device) []torch.Tensor {
				if passes++; passes%5 == 4 {
					cancel()
				}
				return whole(raw, d)
			}
			tr.Progress = func(Step) { before = stateOf(tr) }
			_, err := tr.RunEpoch(ctx)
			cancel()
			tr.inputs = whole
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if err != nil {
				cuts++
				if now := stateOf(tr); before != nil && !bytes.Equal(now, before) {
					t.Fatal("a step that was cut has changed something")
				}
				tr = continued(t, tr, c)
			}
		}
		got := bytesOf(tr)
		if cuts < 3 || !bytes.Equal(got, want) {
			t.Errorf("a run cut %d times ends elsewhere than a whole one", cuts)
		}
	})
}

// Running statistics after a step are those of its first pass, at the weights.
func TestRwSAMStatistics(t *testing.T) {
	for _, m := range []method.Method{method.SimCLR, method.BCLD} {
		first := func(on bool) (out [][]float64) {
			c := sharpened(m)
			c.RwSAM.On = on
			torchtest.Do(t, func() {
				tr := newTrainer(t, c)
				ctx, cancel := context.WithCancel(context.Background())
				tr.Progress = func(Step) {
					if out == nil {
						for _, b := range tr.statistics.buffers {
							out = append(out, torch.Slice[float64](b.Detach().To(torch.Float64).Reshape(-1)))
						}
					}
					cancel()
				}
				if _, err := tr.RunEpoch(ctx); !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
			return out
		}
		if sharp, plain := first(true), first(false); len(plain) == 0 || !reflect.DeepEqual(sharp, plain) {
			t.Errorf("%s: running statistics after a step are not those of one pass", m)
		}
	}
}
