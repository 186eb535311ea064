package checkpoint

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// All that a run does for each of its samples, apart from the network: the list, the order of an
// epoch, momentum losses and signals of every batch, new weights, the history's rows, the
// checkpoint, and resuming from it. BCL_SAMPLES=10000000 measures it for ten million, with -v
// (docs/performance.md).
func TestManySamples(t *testing.T) {
	n := 5000
	if s := os.Getenv("BCL_SAMPLES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	path := filepath.Join(dir, run.CheckpointFile)
	before := resident(t, "VmRSS")
	step := func(what string, f func() error) {
		t.Helper()
		start := time.Now()
		if err := f(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		t.Logf("%-40s %6.2f s, %5d MB resident, %5d at most", what, time.Since(start).Seconds(), resident(t, "VmRSS")-before, resident(t, "VmHWM")-before)
	}
	p, err := dataset.Open(fmt.Sprint("embedded:size:", n), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := train.Default(method.BCLI)
	c.Batch, c.Epochs, c.Warmup, c.Workers = 16, 5, 1, 1
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 2, Classes: 100}
	source := views.Images(p.Train, augment.CIFAR(8).With(augment.Boost{K: 1, R: 30}), c.Seed)
	do(t, func() error {
		tr, err := train.New(c, encoder, source, torch.CPU)
		if err != nil {
			return err
		}
		var fingerprint string
		step("fingerprint", func() error { fingerprint = dataset.Fingerprint(p.Train); return nil })
		about := About{Data: run.Data{Fingerprint: fingerprint, Samples: n}}
		step("3 steps of 16", func() error {
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			tr.Progress = func(s train.Step) {
				if s.Batch == 3 {
					stop()
				}
			}
			if _, err := tr.RunEpoch(ctx); err != context.Canceled {
				return fmt.Errorf("%v, expected to be stopped", err)
			}
			return nil
		})
		d := &run.Dir{Path: dir}
		defer d.Close()
		step("samples.csv", func() error {
			_, err := d.WriteSamples(n, func(i int) (string, string) { return p.Train.Name(i), "" })
			return err
		})
		if _, err := d.OpenHistory(n, 0, tr.Signals.Names()...); err != nil {
			return err
		}
		s, err := sampler.New(source, c.Seed, 512, 1, nil)
		if err != nil {
			return err
		}
		for epoch := 1; epoch <= 2; epoch++ {
			var order []int
			step(fmt.Sprintf("epoch %d: order", epoch), func() error { order = s.Order(epoch); return nil })
			step(fmt.Sprintf("epoch %d: momentum losses and signals", epoch), func() error {
				loss := make([]float32, 512)
				all := make([]float32, 512*len(tr.Signals.Names()))
				for lo := 0; lo < n; lo += 512 {
					batch := order[lo:min(lo+512, n)]
					for k, i := range batch {
						loss[k] = float32(i%1000) / 1000
					}
					tr.Memory.Observe(batch, loss[:len(batch)])
					tr.Signals.Observe(batch, nil, all[:len(batch)*len(tr.Signals.Names())])
				}
				return nil
			})
			step(fmt.Sprintf("epoch %d: weights", epoch), tr.Memory.EndEpoch)
			step(fmt.Sprintf("epoch %d: history", epoch), func() error {
				var rows [][]float32
				for _, name := range tr.Signals.Names() {
					rows = append(rows, tr.Signals.Row(name))
				}
				return d.Remember(tr.Memory.Loss(), rows...)
			})
		}
		var snapshot Snapshot
		step("checkpoint, copied", func() error { return snapshot.Take(tr, about) })
		step("checkpoint, written", func() error { return snapshot.WriteFile(path) })
		other, err := train.New(c, encoder, source, torch.CPU)
		if err != nil {
			return err
		}
		step("resumed", func() error {
			ck, err := Load(path)
			if err != nil {
				return err
			}
			return ck.Restore(other)
		})
		if !reflect.DeepEqual(tr.Memory.State(), other.Memory.State()) || tr.Position != other.Position {
			t.Error("the resumed memory or position differs")
		}
		return nil
	})
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%-24s %8.1f MB", filepath.Base(f), float64(info.Size())/1e6)
	}
}

// resident is a number of megabytes of /proc/self/status.
func resident(t *testing.T, what string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, value, _ := strings.Cut(string(text), what+":")
	kb := 0
	if _, err := fmt.Sscan(value, &kb); err != nil {
		t.Fatal(err)
	}
	return kb * 1024 / 1e6
}
