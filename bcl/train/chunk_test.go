package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/bcl/harmony"
	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/sampler"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// batchOf returns the first n samples of a source as a batch.
func batchOf(t *testing.T, source sampler.Source, n int) *sampler.Batch {
	t.Helper()
	loader, err := sampler.NewLoader(source, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	e := loader.Epoch(1, 1, func(int) []int { return all }, func(int) float64 { return 0.5 })
	defer e.Close()
	b, err := e.Next()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A step in chunks has the losses, gradients and running statistics of PyTorch's of the whole
// batch, whose chunks are normalised by their own statistics, or which is by its own.
func TestChunksArePyTorchs(t *testing.T) {
	g := torchtest.Open(t, "testdata/chunks.safetensors")
	torchtest.Do(t, func() {
		source := stored(torch.Slice[uint8](g.Tensor("pixels")))
		for _, bn := range []string{OfChunk, OfBatch} {
			torchtest.Do(t, func() {
				c := Default(method.SimCLR)
				c.Batch, c.Chunk, c.ChunkBN = 9, 5, bn
				tr, err := New(c, tiny, source, torch.CPU)
				if err != nil {
					t.Fatal(err)
				}
				b := batchOf(t, source, 9)
				if bn == OfBatch {
					for _, p := range nn.NamedParameters(tr.Net) {
						g.Exact("weight/"+p.Name, some(p.Tensor))
					}
				}
				nn.Train(tr.Net)
				values, err := tr.gradients(context.Background(), Views{batch: b, run: tr.forward}, 1, nil)
				if err != nil {
					t.Fatal(err)
				}
				g.Near(bn+"/losses", torch.FromSlice(values[:9]), 2e-5)
				parameters := map[string]bool{}
				for _, p := range nn.NamedParameters(tr.Net) {
					parameters[p.Name] = true
					g.Near(bn+"/grad/"+p.Name, some(p.Tensor.Grad()), 1e-4)
				}
				for _, s := range nn.StateDict(tr.Net) {
					if !parameters[s.Name] {
						g.Near(bn+"/buffer/"+s.Name, some(s.Tensor), 2e-5)
					}
				}
			})
		}
	})
	g.Unused("")
}

// stepOf returns losses, gradients and running statistics of a step of some samples.
func stepOf(t *testing.T, c Config, encoder model.Builder, n int) (losses, grads []float64, buffers map[string][]float64) {
	t.Helper()
	buffers = map[string][]float64{}
	list := func(x torch.Tensor) []float64 {
		return torch.Slice[float64](x.Detach().To(torch.Float64).Contiguous(torch.ContiguousFormat).View(-1))
	}
	torchtest.Do(t, func() {
		source := images(t, 34, c.Method, c.Seed)
		tr, err := New(c, encoder, source, torch.CPU)
		if err != nil {
			t.Fatal(err)
		}
		nn.Train(tr.Net)
		if err := tr.objective.BeginEpoch(1, 1); err != nil {
			t.Fatal(err)
		}
		values, err := tr.gradients(context.Background(), Views{batch: batchOf(t, source, n), run: tr.forward}, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			losses = append(losses, float64(v))
		}
		parameters := map[string]bool{}
		for _, p := range nn.NamedParameters(tr.Net) {
			parameters[p.Name] = true
			if grad := p.Tensor.Grad(); grad.Defined() {
				grads = append(grads, list(grad)...)
			}
		}
		for i, name := range tr.statistics.names {
			buffers[name] = list(tr.statistics.buffers[i])
		}
	})
	return losses, grads, buffers
}

// By the statistics of the whole batch, every method has the gradient of the step at once, through
// the statistics too, and its running statistics. By those of chunks it has others.
func TestWholeBatchIsTheStepAtOnce(t *testing.T) {
	for name, set := range map[string]func(c *Config){
		"simclr":   func(c *Config) {},
		"per-view": func(c *Config) { c.BN = PerView },
		"sdclr":    func(c *Config) { c.Method = method.SDCLR },
		"moco":     func(c *Config) { c.Method = method.MoCo },
		"loss":     func(c *Config) { c.Loss.Name, c.Reweight = "focal", loss.FarPositives },
		"bf16":     func(c *Config) { c.Precision = torch.BFloat16 },
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "per-view" && name != "sdclr" {
				t.Skip("long")
			}
			c := small(method.SimCLR)
			set(&c)
			c.Batch = 12
			losses, grads, buffers := stepOf(t, c, tiny, 12)
			c.Chunk, c.ChunkBN = 5, OfBatch
			l, g, b := stepOf(t, c, tiny, 12)
			far := 0.0
			for name, want := range buffers {
				if d := distance(b[name], want); d > far {
					far = d
				}
			}
			t.Logf("losses within %.1e, gradients %.1e, buffers %.1e of the largest", distance(l, losses), distance(g, grads), far)
			near := 2e-5
			if c.Precision == torch.BFloat16 {
				near = 0.05 // sums of other roundings, through twelve layers
			}
			if distance(l, losses) > near || distance(g, grads) > 5*near || far > near {
				t.Error("not the step at once")
			}
			c.ChunkBN = OfChunk
			if _, g, _ := stepOf(t, c, tiny, 12); distance(g, grads) < 1e-2 {
				t.Errorf("by statistics of chunks the gradients differ by %.1e only", distance(g, grads))
			}
		})
	}
}

// noisy is an encoder without batch normalisation, which drops features at random.
type noisy struct{ drop bool }

func (noisy) Check() error { return nil }
func (n noisy) Build(model.Layers) model.Encoder {
	e := &noisyEncoder{drop: n.drop}
	e.conv = nn.Child(e, "conv", nn.NewConv2d(3, 8, 3, 2, 1))
	return e
}

type noisyEncoder struct {
	nn.Base
	conv  *nn.Conv2d
	drop  bool
	drawn []string
}

func (e *noisyEncoder) Features() int64 { return 8 }
func (e *noisyEncoder) Inputs(raw []torch.Tensor, d torch.Device) []torch.Tensor {
	return []torch.Tensor{model.FromPixels(raw[0], d)}
}
func (e *noisyEncoder) Forward(in ...torch.Tensor) torch.Tensor {
	x := e.conv.Forward(in[0]).ReLU().MeanDim([]int64{2, 3}, false)
	if e.drop {
		mask := torch.Call("bernoulli.p", x.Detach(), 0.5)[0]
		e.drawn = append(e.drawn, string(mask.Bytes()))
		x = x.Mul(mask)
	}
	return x
}

// Both passes of a chunk have the same random numbers, and those of the next step are others.
func TestChunksKeepTheirRandomNumbers(t *testing.T) {
	for _, bn := range []string{OfChunk, OfBatch} {
		torchtest.Do(t, func() {
			c := small(method.SimCLR)
			c.Batch, c.Chunk, c.ChunkBN = 12, 5, bn
			source := images(t, 34, c.Method, c.Seed)
			tr, err := New(c, noisy{drop: true}, source, torch.CPU)
			if err != nil {
				t.Fatal(err)
			}
			nn.Train(tr.Net)
			b := batchOf(t, source, 12)
			e := tr.Net.Encoder().(*noisyEncoder)
			var steps [2][]string
			for s := range steps {
				e.drawn = nil
				if _, err := tr.gradients(context.Background(), Views{batch: b, run: tr.forward}, 1, nil); err != nil {
					t.Fatal(err)
				}
				for _, d := range e.drawn {
					if !slices.Contains(steps[s], d) {
						steps[s] = append(steps[s], d)
					}
				}
				if passes := len(e.drawn); passes < 6 || len(steps[s]) != 3 {
					t.Errorf("%s: %d passes of 3 chunks drew %d masks", bn, passes, len(steps[s]))
				}
			}
			if steps[0][0] == steps[1][0] {
				t.Errorf("%s: two steps draw the same", bn)
			}
		})
	}
}

// A chunk of the batch or more is no chunk: the same bytes. A run that is cut in steps ends as a
// whole one does, for every combination.
func TestChunksEnd(t *testing.T) {
	c := small(method.BCLI)
	want, _ := trained(t, c)
	c.Chunk = 8
	if got, _ := trained(t, c); !bytes.Equal(got, want) {
		t.Error("chunks of the whole batch change the bytes")
	}
	runs := []func(c *Config){func(*Config) {}}
	if !testing.Short() {
		h := harmony.Published()
		h.Classes, h.From, h.Ramp = 5, 2, 1
		runs = append(runs,
			func(c *Config) { c.Auxiliary = []loss.AuxiliaryConfig{h} },
			func(c *Config) { c.Method, c.RwSAM = method.BCLD, RwSAM{On: true, Rho: 0.5, Alpha: 1} },
			func(c *Config) { c.Method = method.BCLMoCo },
			func(c *Config) { c.ChunkBN = OfBatch })
	}
	for i, set := range runs {
		c := small(method.BCLI)
		c.Chunk = 3
		set(&c)
		whole, reports := trained(t, c)
		if bytes.Equal(whole, want) || math.IsNaN(reports[2].Loss) {
			t.Errorf("run %d: chunks change nothing, or loss %v", i, reports[2].Loss)
		}
		torchtest.Do(t, func() {
			tr := newTrainer(t, c)
			passes, cuts := 0, 0
			at, gap := 20, 20 // the pass that is cut next; later ever more rarely, as a step may take many
			inputs := tr.inputs
			for !tr.Done() {
				ctx, cancel := context.WithCancel(context.Background())
				tr.inputs = func(raw []torch.Tensor, d torch.Device) []torch.Tensor {
					if passes++; passes == at {
						cancel()
						gap *= 2
						at += gap
					}
					return inputs(raw, d)
				}
				_, err := tr.RunEpoch(ctx)
				cancel()
				if errors.Is(err, context.Canceled) {
					cuts++
				} else if err != nil {
					t.Fatal(err)
				}
			}
			got := bytesOf(tr)
			if cuts < 2 || !bytes.Equal(got, whole) {
				t.Errorf("run %d: cut %d times it ends elsewhere", i, cuts)
			}
		})
	}
}

// Several processes take the step of one in the same chunks: to rounding, and all the same bits.
func TestChunksOfProcesses(t *testing.T) {
	most, kinds := 4, []string{OfChunk, OfBatch}
	if testing.Short() {
		most = 2
	}
	for _, bn := range kinds {
		for _, m := range []method.Method{method.BCLI, method.BCLD} {
			if testing.Short() && (m == method.BCLI) != (bn == OfChunk) {
				continue
			}
			c := small(m)
			c.Epochs, c.Batch, c.LR, c.Chunk, c.ChunkBN = 1, 16, 0.01, 4, bn
			source := images(t, 35, m, c.Seed) // a last batch of 3: one chunk, for one process
			one, err := trace(c, source, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for n := 2; n <= most; n++ {
				all := together(t, n, c, source)
				for rank, got := range all {
					if !bytes.Equal(got.bytes, all[0].bytes) || !slices.Equal(got.memory, all[0].memory) {
						t.Errorf("%s, %s: rank %d of %d has other bits than rank 0", m, bn, rank, n)
					}
				}
				got, far := all[0], 0.0
				for i, w := range one.first {
					if strings.Contains(w.name, "running_") || strings.Contains(w.name, "num_batches") {
						far = max(far, distance(got.first[i].values, w.values))
					}
				}
				grads := distance(slices.Concat(got.grads...), slices.Concat(one.grads...))
				t.Logf("%s, %s: %d processes: gradients within %.1e, statistics %.1e, losses %v and %v", m, bn, n, grads, far, got.losses, one.losses)
				if grads > 1e-4 || far > 1e-5 || math.Abs(got.losses[2]-one.losses[2]) > 1e-2 {
					t.Errorf("%s, %s: %d processes differ from one", m, bn, n)
				}
			}
		}
	}
	c := small(method.BCLI)
	c.Batch, c.Chunk = 16, 8
	if err := c.CheckChunks(3); err == nil || !strings.Contains(err.Error(), "at most 5, so that each of 3 processes has a chunk of a batch of 16") {
		t.Errorf("error %v", err)
	}
	c.Chunk = 2
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "Chunk is 2, expected 0, or at least 3") {
		t.Errorf("error %v", err)
	}
}
