package eval

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// fits are subsets of two sizes, one of them all rows, with different seeds.
func fits() []Fit {
	rows := func(from, step, n int) (out []int) {
		for i := range n {
			out = append(out, from+i*step)
		}
		return out
	}
	return []Fit{{rows(0, 1, 50), 1}, {nil, 2}, {rows(1, 2, 50), 3}, {rows(99, 1, 50), 1}, {rows(0, 1, 50), 4}}
}

// Probes that are trained together equal those trained alone.
func TestProbesAreSingleProbes(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(5)
		train, test := blobs(150, 6), blobs(100, 6)
		train.X.Add_(torch.Randn([]int64{150, 6}), 0.8) // not separable, so predictions are informative
		p := short()
		state := torch.RNGState(torch.CPU).Bytes()
		calls, last := 0, 0
		p.Progress = func(done, total int) {
			if calls++; done != last+1 || total != 2*p.Epochs {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last = done
		}
		together, err := p.PredictEach(context.Background(), train, fits(), 6, test.X)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(torch.RNGState(torch.CPU).Bytes(), state) {
			t.Error("the probes changed libtorch's generator")
		}
		p.Progress = nil
		for i, f := range fits() {
			alone, err := p.PredictEach(context.Background(), train, []Fit{f}, 6, test.X)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(alone[0], together[i]) {
				t.Errorf("probe %d predicts differently alone", i)
			}
		}
		if reflect.DeepEqual(together[0], together[3]) || reflect.DeepEqual(together[0], together[4]) {
			t.Error("another subset or seed gives the same predictions")
		}
	})
}

// The weights agree to rounding: the largest difference is logged.
func TestProbesWeights(t *testing.T) {
	torchtest.Do(t, func() {
		torch.ManualSeed(6)
		train := blobs(150, 6)
		p := short()
		some := []Fit{fits()[0], fits()[2], fits()[4]}
		weights, biases, err := p.fit(context.Background(), train, some, 6)
		if err != nil {
			t.Fatal(err)
		}
		for i := range some {
			w, b, err := p.fit(context.Background(), train, some[i:i+1], 6)
			if err != nil {
				t.Fatal(err)
			}
			dw := torchtest.Difference(weights.Select(0, int64(i)), w.Select(0, 0))
			db := torchtest.Difference(biases.Select(0, int64(i)), b.Select(0, 0))
			if t.Logf("probe %d: weights differ by %.2g, biases by %.2g", i, dw, db); dw > 1e-4 || db > 1e-4 {
				t.Errorf("probe %d: weights differ by %v, biases by %v", i, dw, db)
			}
		}
	})
}

// Five probes of the size of the published 50-shot protocol and of a small network's,
// two epochs of each.
func benchmarkProbes(b *testing.B, run func(p Probe, train Set, fits []Fit, classes int, x torch.Tensor) error) {
	for name, c := range map[string]struct{ images, size, classes int }{"512x100": {5000, 512, 100}, "128x10": {1000, 128, 10}} {
		b.Run(name, func(b *testing.B) {
			torchtest.Do(b, func() {
				n := int64(2 * c.images)
				train := Set{X: torch.Rand([]int64{n, int64(c.size)}), Labels: torch.Randint(0, int64(c.classes), []int64{n})}
				var fits []Fit
				for k := range 5 {
					f := Fit{Seed: 10}
					for i := range c.images {
						f.Rows = append(f.Rows, (i*2+k)%int(n))
					}
					fits = append(fits, f)
				}
				p := Published()
				p.Epochs, p.Batch = 2, min(p.Batch, c.images/4)
				x := torch.Rand([]int64{10, int64(c.size)})
				for b.Loop() {
					if err := run(p, train, fits, c.classes, x); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func BenchmarkProbesTogether(b *testing.B) {
	benchmarkProbes(b, func(p Probe, train Set, fits []Fit, classes int, x torch.Tensor) error {
		_, err := p.PredictEach(context.Background(), train, fits, classes, x)
		return err
	})
}

func BenchmarkProbesInTurn(b *testing.B) {
	benchmarkProbes(b, func(p Probe, train Set, fits []Fit, classes int, x torch.Tensor) error {
		for _, f := range fits {
			if _, err := p.PredictEach(context.Background(), train, []Fit{f}, classes, x); err != nil {
				return err
			}
		}
		return nil
	})
}
