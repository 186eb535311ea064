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
		all := p.All.Detach().View(2 * b)
		mean := func(views torch.Tensor) torch.Tensor { // of a sample's two views
			return views.View(append([]int64{2, b}, views.Shape()[1:]...)...).MeanDim([]int64{0}, false)
		}
		// Logs of softmax probabilities, those of the negatives alone.
		negatives := p.Logits.Detach().Sub(all.Unsqueeze(1))
		for _, offset := range []int64{b, -b} {
			torch.Run("fill_.Scalar", torch.Call("diagonal", negatives, offset, 0, 1)[0], math.Inf(-1))
		}
		density := mean(negatives.LogSumExp(1, false).Add(all)).AddScalar(-math.Log(float64(2*b - 2)))
		torch.Run("exp_", negatives)
		largest := torch.Call("topk", mean(negatives), top, 1, true, false)[0]
		align := torch.Call("rsub.Scalar", positive, 1.0, p.Temperature)[0]
		list = []torch.Tensor{align, density, largest.SumDim([]int64{1}, false)}
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
