package train_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// resident returns the process's resident memory in bytes.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// Thousands of steps of a tiny network, with occasional checkpoints: no tensor leaks and
// resident memory is flat after warm-up. BCL_STEPS takes another number of steps.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("a leak shows only after thousands of steps")
	}
	steps, warm := 2000, 400
	if s := os.Getenv("BCL_STEPS"); s != "" {
		var err error
		if steps, err = strconv.Atoi(s); err != nil || steps < 2*warm {
			t.Fatalf("BCL_STEPS=%s, expected a number from %d", s, 2*warm)
		}
	}
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ds, err := dataset.Subset(place.Train, []int{0, 10, 20, 30, 40, 50, 60, 70})
	if err != nil {
		t.Fatal(err)
	}
	c := train.Default(method.SimCLR)
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 100}
	c.Epochs, c.Warmup, c.Batch, c.LR = steps/2, 1, 4, 0.1
	path := filepath.Join(t.TempDir(), run.CheckpointFile)
	var live, first, last int
	err = torch.Do(func() error {
		tr, err := train.New(c, encoder, views.Images(ds, augment.CIFAR(8), 1), torch.CPU)
		if err != nil {
			return err
		}
		tr.Progress = func(train.Step) {
			if tr.Step%20 == 0 {
				if err := checkpoint.Save(path, tr, checkpoint.About{}); err != nil {
					t.Fatal(err)
				}
			}
			n := int(torch.LiveTensors())
			if live == 0 {
				live = n
			}
			if n != live {
				t.Fatalf("step %d: %d live tensors, %d after the first step", tr.Step, n, live)
			}
			if tr.Step == warm {
				first = resident(t)
			}
		}
		for !tr.Done() {
			if _, err := tr.RunEpoch(context.Background()); err != nil {
				return err
			}
		}
		last = resident(t)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d live tensors at every step; resident memory %.1f MB after %d steps, %.1f MB after %d", live, float64(first)/1e6, warm, float64(last)/1e6, steps)
	if grown := last - first; grown > 8<<20 {
		t.Errorf("resident memory grew by %d bytes from step %d to step %d", grown, warm, steps)
	}
}
