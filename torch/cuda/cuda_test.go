package cuda_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/cuda"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestMain(m *testing.M) { torchtest.OneThread(m) }

// On the CPU a capture computes nothing, and each replay everything.
func TestGraphOnTheCPU(t *testing.T) {
	torchtest.Do(t, func() {
		sum := torch.Zeros([]int64{2})
		pool, err := cuda.NewPool(torch.CPU)
		if err != nil {
			t.Fatal(err)
		}
		g, err := cuda.NewGraph(torch.CPU, pool)
		if err != nil {
			t.Fatal(err)
		}
		if g.Replay() == nil {
			t.Error("an empty graph was replayed")
		}
		add := func() error {
			return torch.Do(func() error { sum.Copy_(sum.AddScalar(1)); return nil })
		}
		if err := g.Capture(add); err != nil {
			t.Fatal(err)
		}
		if got := torch.Slice[float32](sum); got[0] != 0 {
			t.Errorf("the capture computed %v", got)
		}
		for range 3 {
			if err := g.Replay(); err != nil {
				t.Fatal(err)
			}
		}
		if got := torch.Slice[float32](sum); !slices.Equal(got, []float32{3, 3}) {
			t.Errorf("after three replays %v, want 3 and 3", got)
		}
	})
}

func TestStreamsOfTheCPUDoNotWait(t *testing.T) {
	torchtest.Do(t, func() {
		s, err := cuda.NewStream(torch.CPU)
		if err != nil {
			t.Fatal(err)
		}
		e, err := cuda.NewEvent(torch.CPU)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(e.Record(s), s.Wait(e), s.Synchronize()); err != nil {
			t.Error(err)
		}
		if done, err := e.Query(); !done || err != nil {
			t.Errorf("an event of the CPU: reached %v, error %v", done, err)
		}
		wrong := errors.New("wrong")
		if err := s.Use(func() error { return wrong }); err != wrong {
			t.Errorf("error %v, want that of the function", err)
		}
	})
}
