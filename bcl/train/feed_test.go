package train

import (
	"bytes"
	"context"
	"testing"

	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// fed is a trainer that is fed as on a GPU: memory of rooms, and copies in stagings.
func fed(t *testing.T, c Config) *Trainer {
	t.Helper()
	return fedBy(t, c, images(t, 34, c.Method, c.Seed))
}

func fedBy(t *testing.T, c Config, source sampler.Source) *Trainer {
	t.Helper()
	var r rooms
	c.Alloc = r.alloc
	tr, err := New(c, tiny, source, torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	_, largest := tr.sampler.Largest()
	if err := r.build(torch.CPU, largest); err != nil {
		t.Fatal(err)
	}
	if err := tr.useDevice(); err != nil {
		t.Fatal(err)
	}
	return tr
}

// toTheEnd trains to the end and returns the bytes of every weight.
func toTheEnd(t *testing.T, tr *Trainer) (weights []byte) {
	t.Helper()
	for !tr.Done() {
		if _, err := tr.RunEpoch(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return bytesOf(tr)
}

// Training on views that were copied ahead gives the weights of training on the buffers,
// whatever the size of the last batch, and takes no more memory than the rooms.
func TestFeedGivesTheSameWeights(t *testing.T) {
	for _, m := range []method.Method{method.BCLI, method.BCLD} {
		c := small(m)
		c.LR, c.Epochs = 0.02, 2
		want, _ := trained(t, c)
		torchtest.Do(t, func() {
			tr := fed(t, c)
			tr.Opt.Rate, tr.ahead = torch.Tensor{}, nil // that of a GPU is of float32
			if got := toTheEnd(t, tr); !bytes.Equal(got, want) {
				t.Errorf("%s: other weights", m)
			}
		})
	}
}

func TestRoomsAreTheSmallestThatFit(t *testing.T) {
	torchtest.Do(t, func() {
		var r rooms
		spec := func(n int64) sampler.Spec { return sampler.Spec{DType: torch.Uint8, Shape: []int64{n}} }
		if err := r.build(torch.CPU, []sampler.Buffer{{Spec: spec(10), Rows: 2}, {Spec: spec(3), Rows: 2}}); err != nil {
			t.Fatal(err)
		}
		for range sampler.Slots {
			if a, b := len(r.alloc(5)), len(r.alloc(7)); a != 6 || b != 20 {
				t.Errorf("rooms of %d and %d bytes for 5 and 7, want 6 and 20", a, b)
			}
		}
		if n := len(r.alloc(5)); n != 5 {
			t.Errorf("%d bytes without a room left, want 5", n)
		}
	})
}
