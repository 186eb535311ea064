package nn

import (
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/distributed"
)

// WholeBatch lets the BatchNorms of networks normalise a batch that passes through them in chunks
// by the statistics of the whole batch, with the gradient of one pass of the whole batch, through
// the statistics too. A layer's mean and variance depend on those of the layers before it, and
// the sums that its gradient needs on those of the layers behind it: so each takes a pass over
// all chunks, forward in the order of the layers, backward against it.
//
//	for more := true; more; more = w.Measured() {
//		run every chunk, each after w.Begin       // the last time, results are those of the batch
//	}
//	for i := w.Len() - 1; i >= 0; i-- {
//		run every chunk, each after w.Begin, and w.Add(i, gradients of its loss for w.Affine(i))
//		w.Added(i)
//	}
//
// Then the gradients of the loss of a chunk that runs add up to those of the batch, if
// [WholeBatch.Through] is added to each. Each chunk runs the same layers in the same order, on
// every process of a group, whose batch has at least two values a channel.
type WholeBatch struct {
	scope   *torch.Scope
	group   *distributed.ProcessGroup
	norms   []*wholeNorm // as a pass runs them; a layer that runs twice is two
	known   int          // of them have their statistics
	at      int          // next in this pass
	ran     int          // in a pass
	running bool         // the pass updates the running statistics
	pass    *torch.Scope // of the chunk
	through torch.Tensor // of the layers so far
}

// wholeNorm is one run of a layer in each pass.
type wholeNorm struct {
	lines          []torch.Tensor // of each chunk: rows, means, variances (1 x (1 + 2C), Float64)
	total          torch.Tensor   // rows of the batch (1)
	mean, variance torch.Tensor   // of the batch (C)
	sums           torch.Tensor   // 2 x C: means over the batch of dy xhat and of dy
	summed         bool           // they are known
	weight, bias   torch.Tensor   // of this pass
}

// NewWholeBatch returns the statistics of a batch of all ranks of a group, nil for this process
// alone. They live in a scope, which is to end after all passes.
func NewWholeBatch(scope *torch.Scope, g *distributed.ProcessGroup) *WholeBatch {
	return &WholeBatch{scope: scope, group: g}
}

// Use runs f, in which the BatchNorms of some modules normalise by w.
func (w *WholeBatch) Use(modules []Module, f func()) {
	set := func(w *WholeBatch) {
		for _, m := range modules {
			Walk(m, func(_ string, m Module) {
				if b, ok := m.(*BatchNorm); ok {
					b.whole = w
				}
			})
		}
	}
	set(w)
	defer set(nil)
	f()
}

// Begin begins the pass of a chunk, in a scope that lasts to its end. With running, which is for
// one chunk of the last pass forward, it updates the running statistics, by the whole batch.
func (w *WholeBatch) Begin(s *torch.Scope, running bool) {
	w.at, w.running, w.pass, w.through = 0, running, s, torch.Tensor{}
}

// Through is a scalar whose gradient is that of the chunk's rows through the statistics, of which
// the chunk's own loss does not know; the zero Tensor if it is not known for any layer yet.
func (w *WholeBatch) Through() torch.Tensor { return w.through }

// Len is how many normalisations a pass has.
func (w *WholeBatch) Len() int { return w.ran }

// Measured ends a pass of all chunks, and reports whether the statistics of a layer were missing:
// then the next is needed.
func (w *WholeBatch) Measured() bool {
	w.ran = w.at
	if w.known == len(w.norms) {
		return false
	}
	n := w.norms[w.known]
	err := torch.Do(func() error {
		line := combine(torch.Cat(n.lines, 0))
		if w.group != nil {
			all := torch.Zeros([]int64{int64(w.group.Size()), line.Size(1)}, torch.On(torch.Float64, line.Device()))
			if err := w.group.AllGatherIntoTensor(all, line); err != nil {
				return err
			}
			line = combine(all)
		}
		channels := (line.Size(1) - 1) / 2
		n.total = line.Select(0, 0).Narrow(0, 0, 1).Clone()
		n.mean = line.Select(0, 0).Narrow(0, 1, channels).To(torch.Float32)
		n.variance = line.Select(0, 0).Narrow(0, 1+channels, channels).To(torch.Float32)
		n.sums = torch.Zeros([]int64{2, channels}, torch.On(torch.Float64, line.Device()))
		w.scope.Keep(n.total, n.mean, n.variance, n.sums)
		return nil
	})
	fail("whole_batch_norm", err)
	for _, l := range n.lines {
		l.Free()
	}
	n.lines = nil
	w.known++
	return true
}

// combine makes one line of many (Chan, Golub, LeVeque 1979).
func combine(lines torch.Tensor) torch.Tensor {
	channels := (lines.Size(1) - 1) / 2
	n, means, vars := lines.Narrow(1, 0, 1), lines.Narrow(1, 1, channels), lines.Narrow(1, 1+channels, channels)
	total := n.SumDim([]int64{0}, true)
	mean := n.Mul(means).SumDim([]int64{0}, true).Div(total)
	away := means.Sub(mean)
	variance := n.Mul(vars.Add(away.Mul(away))).SumDim([]int64{0}, true).Div(total)
	return torch.Cat([]torch.Tensor{total, mean, variance}, 1)
}

// Affine returns weight and bias of the i-th normalisation as the chunk that has run used them:
// their gradients are the chunk's part of its sums.
func (w *WholeBatch) Affine(i int) []torch.Tensor {
	return []torch.Tensor{w.norms[i].weight, w.norms[i].bias}
}

// Add adds the gradients of [WholeBatch.Affine] of a chunk.
func (w *WholeBatch) Add(i int, gradients []torch.Tensor) {
	for k, g := range gradients {
		if g.Defined() {
			row := w.norms[i].sums.Select(0, int64(k))
			row.Copy_(row.Add(g.To(torch.Float64)))
		}
	}
}

// Added ends a pass of all chunks for the i-th normalisation.
func (w *WholeBatch) Added(i int) {
	n := w.norms[i]
	err := torch.Do(func() error {
		sums := n.sums
		if w.group != nil {
			all := torch.Zeros([]int64{int64(w.group.Size()) * 2, sums.Size(1)}, torch.On(torch.Float64, sums.Device()))
			if err := w.group.AllGatherIntoTensor(all, sums); err != nil {
				return err
			}
			sums = all.View(-1, 2, sums.Size(1)).SumDim([]int64{0}, false)
		}
		n.sums.Copy_(sums.Div(n.total))
		return nil
	})
	fail("whole_batch_norm", err)
	n.summed = true
}

// forward normalises x by b in the pass under way.
func (w *WholeBatch) forward(b *BatchNorm, x torch.Tensor) torch.Tensor {
	i := w.at
	w.at++
	if i == len(w.norms) {
		w.norms = append(w.norms, &wholeNorm{})
	}
	n := w.norms[i]
	if i >= w.known {
		if i == w.known {
			n.lines = append(n.lines, w.line(x))
		}
		// What is made of this one is looked at in a later pass.
		return torch.BatchNormAct(x, torch.Tensor{}, b.Weight, b.Bias, b.RunningMean, b.RunningVar, false, b.Momentum, b.Eps, false)
	}
	if w.running {
		torch.NoGrad(func() {
			torch.Run("add_.Scalar", b.NumBatchesTracked, 1)
			unbiased := n.variance.Mul(n.total.Div(n.total.AddScalar(-1)).To(torch.Float32))
			b.RunningMean.Copy_(b.RunningMean.MulScalar(1 - b.Momentum).Add(n.mean.MulScalar(b.Momentum)))
			b.RunningVar.Copy_(b.RunningVar.MulScalar(1 - b.Momentum).Add(unbiased.MulScalar(b.Momentum)))
		})
	}
	n.weight, n.bias = b.Weight, b.Bias
	values := x.To(torch.Float32)
	if torch.IsGradEnabled() {
		n.weight, n.bias = b.Weight.View(-1), b.Bias.View(-1) // of this run of the layer alone
		w.pass.Keep(n.weight, n.bias)
		if n.summed {
			w.addThrough(n, b, values)
		}
	}
	return torch.Call("native_batch_norm", values, n.weight, n.bias, n.mean, n.variance, false, 0.0, b.Eps)[0].To(x.DType())
}

// addThrough adds the part of a layer to through. The gradient of the batch for x is
//
//	w/s (dy - mean dy - xhat mean(dy xhat))
//
// with the standard deviation s and xhat the normalised x. The first term is that of constant
// statistics; the others, whose means are known, are the gradient of offset x - slope x^2 / 2.
func (w *WholeBatch) addThrough(n *wholeNorm, b *BatchNorm, x torch.Tensor) {
	var slope, offset torch.Tensor
	torch.NoGrad(func() {
		invstd := torch.Call("rsqrt", n.variance.To(torch.Float64).AddScalar(b.Eps))[0]
		scale := b.Weight.Detach().To(torch.Float64).Mul(invstd)
		slope = scale.Mul(invstd).Mul(n.sums.Select(0, 0))
		offset = slope.Mul(n.mean.To(torch.Float64)).Sub(scale.Mul(n.sums.Select(0, 1)))
		shape := make([]int64, len(x.Shape()))
		for i := range shape {
			shape[i] = 1
		}
		shape[1] = -1
		slope, offset = slope.MulScalar(-0.5).To(torch.Float32).View(shape...), offset.To(torch.Float32).View(shape...)
	})
	part := x.Mul(x.Mul(slope).Add(offset)).Sum()
	if w.through.Defined() {
		part = part.Add(w.through)
	}
	w.through = part
	w.pass.Keep(part)
}

// line returns rows, means and variances of a chunk.
func (w *WholeBatch) line(x torch.Tensor) (line torch.Tensor) {
	torch.NoGrad(func() {
		channels := x.Size(1)
		line = torch.Zeros([]int64{1, 1 + 2*channels}, torch.On(torch.Float64, x.Device()))
		if rows := x.Numel() / max(1, channels); rows > 0 {
			stats := torch.Call("batch_norm_update_stats", x.To(torch.Float32), torch.Tensor{}, torch.Tensor{}, 0.0)
			line.Narrow(1, 0, 1).Fill_(float64(rows))
			line.Narrow(1, 1, channels).Copy_(stats[0].View(1, -1))
			line.Narrow(1, 1+channels, channels).Copy_(stats[1].View(1, -1))
		}
	})
	w.scope.Keep(line)
	return line
}

// fail fails the scope around this with an operator's error, and with another as one.
func fail(op string, err error) {
	if err == nil {
		return
	}
	if e, ok := err.(*torch.Error); ok {
		panic(e)
	}
	panic(&torch.Error{Op: op, Message: err.Error()})
}
