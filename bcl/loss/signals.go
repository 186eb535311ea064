package loss

import (
	"cmp"
	"math"

	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch"
)

// Signals returns those of [SignalNames] for each sample, as package signal defines them
// ([signal.Batch]), in that order (B each). They have no gradient, and change neither the loss
// nor its gradient by a bit: they read the similarities that the loss has computed, and no
// value reaches the host, so that a step that computes them can be captured. top is how many
// negatives COLT's score adds up ([signal.Top]).
func (p Pairs) Signals(top int) (list []torch.Tensor) {
	torch.NoGrad(func() {
		positive, b := p.Positive.Detach(), p.Positive.Size(0)
		mean := func(views torch.Tensor) torch.Tensor { // of a sample's two views
			return views.View(append([]int64{2, b}, views.Shape()[1:]...)...).MeanDim([]int64{0}, false)
		}
		negatives := p.negatives()
		density := mean(negatives.LogSumExp(1, false)).AddScalar(-math.Log(float64(2*b - 2)))
		torch.Run("sub_.Tensor", negatives, p.All.Detach().View(2*b, 1))
		torch.Run("exp_", negatives) // softmax probabilities from here on
		largest := torch.Call("topk", mean(negatives), top, 1, true, false)[0]
		list = []torch.Tensor{positive.MulScalar(-p.Temperature).AddScalar(1), density, largest.SumDim([]int64{1}, false)}
	})
	return list
}

// WithSignals returns the loss of each sample, as PerSample does, and the signals of
// [Pairs.Signals], which NT-Xent computes from the same similarities.
func (c Config) WithSignals(z1, z2 torch.Tensor, temperature float64, top int) (l torch.Tensor, signals []torch.Tensor) {
	if cmp.Or(c.Name, plain) == plain {
		p := NewPairs(z1, z2, temperature)
		return p.NTXent(), p.Signals(top)
	}
	torch.NoGrad(func() { signals = NewPairs(z1.Detach(), z2.Detach(), temperature).Signals(top) })
	return c.PerSample(z1, z2, temperature), signals
}

// SignalNames are the signals of [Pairs.Signals].
func SignalNames() []signal.Name {
	return []signal.Name{signal.Align, signal.Density, signal.COLT}
}

// negatives returns a copy of the logits with -Inf at the positives too.
func (p Pairs) negatives() torch.Tensor {
	n := p.Logits.Detach().Clone()
	b := p.Positive.Size(0)
	for _, offset := range []int64{b, -b} {
		torch.Run("fill_.Scalar", torch.Call("diagonal", n, offset, 0, 1)[0], math.Inf(-1))
	}
	return n
}
