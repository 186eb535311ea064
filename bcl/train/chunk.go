package train

import (
	"context"
	"slices"

	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
)

// Whose statistics batch normalisation takes where a batch passes in chunks.
const (
	OfChunk = "chunk" // the chunk's, as in training on several GPUs without SyncBatchNorm
	OfBatch = "batch" // the whole batch's, at the price of passes for each layer
)

// chunked is a batch that passes through the network in chunks, so that memory is that of a
// chunk (GradCache: Gao, Zhang, Han, Callan 2021, arXiv 2101.06983, section 3). A first pass,
// without gradients, makes the projections; the loss of the whole batch gives the gradients of
// these; a second pass of the same chunks, with the same random numbers, takes them through the
// network. The sum over the chunks is the gradient of the whole batch's loss.
type chunked struct {
	t      *Trainer
	ctx    context.Context
	scope  *torch.Scope // of what the second pass needs
	bounds []int        // chunk i are the samples from bounds[i] to bounds[i+1]-1 of this process
	calls  []*chunkedCall
}

// chunkedCall is the pass of some views.
type chunkedCall struct {
	chunk  func(lo, hi int) torch.Tensor // runs samples lo to hi-1
	rows   int                           // of a sample
	random []torch.Tensor                // states of the generator before each chunk, and at the end
	z      torch.Tensor                  // projections, whose gradient is cached
	whole  *nn.WholeBatch                // nil: chunks have statistics of their own
}

// chunks returns the bounds of the chunks of a batch of n samples that are this process's; nil if
// the batch passes at once.
func (t *Trainer) chunks(n int) []int {
	c := t.config
	if c.Chunk == 0 {
		return nil
	}
	together := c.Group == nil || c.ChunkBN == OfBatch
	if together && slices.Max(t.sampler.Shares(n)) <= c.Chunk {
		return nil
	}
	bounds := t.sampler.Chunks(n, c.Chunk)
	if len(bounds) == 1 && c.ChunkBN == OfBatch {
		return []int{0, 0} // it takes part in the statistics with nothing
	}
	return bounds
}

// networks are those that a step runs.
func (t *Trainer) networks() []nn.Module {
	list := []nn.Module{t.Net}
	if o, ok := t.Net.(interface{ Others() []nn.Module }); ok {
		list = append(list, o.Others()...)
	}
	return list
}

// gradientsInChunks is [Trainer.gradients] of a batch in chunks with these bounds.
func (t *Trainer) gradientsInChunks(ctx context.Context, v Views, lr float64, weights []float32, bounds []int) (values []float32, err error) {
	err = torch.DoScope(func(s *torch.Scope) error {
		c := &chunked{t: t, ctx: ctx, scope: s, bounds: bounds}
		v.chunked = c
		var local *localStatistics
		if t.shared != nil && t.config.ChunkBN != OfBatch {
			local = newLocalStatistics(t.networks())
		}
		err := torch.Do(func() error { // frees the graph of the loss before the second pass
			total, v, err := t.total(ctx, v, lr, weights)
			if err != nil {
				return err
			}
			if local != nil {
				if err := local.merge(t.shared.group); err != nil {
					return err
				}
			}
			t.Opt.ZeroGrad()
			total.Backward()
			values = v
			return nil
		})
		if err != nil {
			return err
		}
		// The second pass changes neither running statistics nor the generator.
		t.statistics.copy(aside, now)
		random := torch.RNGState(t.device)
		err = c.second()
		torch.SetRNGState(t.device, random)
		t.statistics.copy(now, aside)
		return err
	})
	return values, err
}

// run is the first pass of views: chunk runs the samples lo to hi-1 of this process, some rows
// each. It is run again in the second.
func (c *chunked) run(chunk func(lo, hi int) torch.Tensor, rows int) (z torch.Tensor) {
	call := &chunkedCall{chunk: chunk, rows: rows}
	recorded := torch.IsGradEnabled()
	torch.NoGrad(func() {
		if c.t.config.ChunkBN == OfBatch {
			z = c.measure(call)
		} else {
			z = c.project(call)
		}
	})
	c.scope.Keep(z)
	if recorded {
		z.SetRequiresGrad(true)
		call.z = z
		c.calls = append(c.calls, call)
	}
	return z
}

// project returns the projections of all chunks. Once ctx has ended they are zeros, which nothing
// looks at.
func (c *chunked) project(call *chunkedCall) torch.Tensor {
	return nn.Scoped(func() torch.Tensor {
		parts := []torch.Tensor{torch.Zeros([]int64{0, model.ProjectionSize}, torch.On(torch.Float32, c.t.device))}
		for i := range len(c.bounds) - 1 {
			if i > 0 && c.ctx.Err() != nil {
				parts = append(parts, torch.Zeros([]int64{int64((c.bounds[i+1] - c.bounds[i]) * call.rows), parts[1].Size(1)}, torch.On(torch.Float32, c.t.device)))
				continue
			}
			if call.whole != nil {
				call.whole.Begin(c.scope, false)
			}
			parts = append(parts, nn.Scoped(func() torch.Tensor { return c.one(call, i) }))
		}
		c.randomAt(call, len(c.bounds)-1)
		if len(parts) > 1 {
			parts = parts[1:]
		}
		return torch.Cat(parts, 0)
	})
}

// one runs a chunk, with the random numbers of its first pass.
func (c *chunked) one(call *chunkedCall, i int) torch.Tensor {
	c.randomAt(call, i)
	return call.chunk(c.bounds[i], c.bounds[i+1])
}

// randomAt sets the generator to its state before chunk i, or keeps that in the first pass.
func (c *chunked) randomAt(call *chunkedCall, i int) {
	if i < len(call.random) {
		torch.SetRNGState(c.t.device, call.random[i])
		return
	}
	state := torch.RNGState(c.t.device)
	c.scope.Keep(state)
	call.random = append(call.random, state)
}

// second takes the gradients of the projections through the network.
func (c *chunked) second() error {
	var passes []func()
	for _, call := range c.calls {
		grad := call.z.Grad()
		if !grad.Defined() {
			continue
		}
		if call.whole != nil {
			if err := c.sums(call, grad); err != nil {
				return err
			}
		}
		for i := range len(c.bounds) - 1 {
			passes = append(passes, func() {
				c.within(call, func() { c.product(call, grad, i).Backward() })
			})
		}
	}
	for _, p := range passes {
		if c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		p()
	}
	if c.t.shared != nil {
		return c.t.shared.sum(nn.Parameters(c.t.Net))
	}
	return c.ctx.Err()
}

// product runs a chunk and returns what has the gradient of the loss of the batch through it.
func (c *chunked) product(call *chunkedCall, grad torch.Tensor, i int) torch.Tensor {
	p := c.one(call, i).Mul(c.of(call, grad, i)).Sum()
	if call.whole != nil && call.whole.Through().Defined() {
		p = p.Add(call.whole.Through())
	}
	return p
}

// of returns the rows of chunk i.
func (c *chunked) of(call *chunkedCall, rows torch.Tensor, i int) torch.Tensor {
	return rows.Narrow(0, int64(c.bounds[i]*call.rows), int64((c.bounds[i+1]-c.bounds[i])*call.rows))
}

// within runs f, a pass of a chunk, in a scope of its own.
func (c *chunked) within(call *chunkedCall, f func()) {
	err := torch.DoScope(func(s *torch.Scope) error {
		if call.whole == nil {
			f()
			return nil
		}
		call.whole.Use(c.t.networks(), func() {
			call.whole.Begin(s, false)
			f()
		})
		return nil
	})
	if err != nil {
		panic(err) // an operator's failure, an *torch.Error: it fails the scope around this
	}
}

// measure is the first pass by the statistics of the whole batch.
func (c *chunked) measure(call *chunkedCall) (z torch.Tensor) {
	call.whole = nn.NewWholeBatch(c.scope, c.t.config.Group)
	s := c.t.statistics
	call.whole.Use(c.t.networks(), func() {
		s.copy(aside, now)
		for more := true; more; {
			if z.Defined() {
				z.Free()
			}
			z = c.project(call)
			if c.ctx.Err() != nil {
				return
			}
			more = call.whole.Measured()
		}
		s.copy(now, aside)
		call.whole.Begin(c.scope, true) // running statistics: once
		nn.Scoped(func() torch.Tensor { return c.one(call, 0) }).Free()
		c.randomAt(call, len(c.bounds)-1)
	})
	return z
}

// sums measures, from the last layer to the first, the sums over the whole batch that its
// gradient needs.
func (c *chunked) sums(call *chunkedCall, grad torch.Tensor) error {
	w := call.whole
	for layer := w.Len() - 1; layer >= 0; layer-- {
		for i := range len(c.bounds) - 1 {
			if c.ctx.Err() != nil {
				return c.ctx.Err()
			}
			c.within(call, func() {
				p := c.product(call, grad, i)
				w.Add(layer, torch.Grad(p, w.Affine(layer), torch.GradOptions{}))
			})
		}
		w.Added(layer)
	}
	return nil
}
