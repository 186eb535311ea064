package loss

import (
	"math"

	"github.com/bcl-go/bcl/bcl/signal"
	"github.com/bcl-go/bcl/torch"
)

// InfoNCE is the loss of MoCo (He et al. 2020, arXiv 1911.05722, equation 1), for each sample
// (B): with q and k (B x D) the query and the key of a sample, and K other keys (K x D), each
// of length 1,
//
//	l = -log( exp(<q, k>/T) / (exp(<q, k>/T) + sum over the K keys of exp(<q, k_j>/T)) )
//
// q and k need not be normalised. No gradient flows into keys unless they have one.
//
// It also returns the signals of [SignalNames] (B each), without gradient, with the keys as the
// negatives: K of them whatever the batch, so density is less noisy than that of a batch.
func InfoNCE(q, k, keys torch.Tensor, temperature float64) (perSample torch.Tensor, signals []torch.Tensor) {
	q, k = q.Normalize(-1, 1e-12), k.Normalize(-1, 1e-12)
	positive := q.Mul(k).SumDim([]int64{-1}, true)
	logits := torch.Cat([]torch.Tensor{positive, q.Mm(keys.T())}, 1).DivScalar(temperature)
	all := logits.LogSumExp(1, true)
	perSample = all.Sub(logits.Narrow(1, 0, 1)).View(-1)
	torch.NoGrad(func() {
		n := keys.Size(0)
		negatives := logits.Detach().Narrow(1, 1, n)
		largest := torch.Call("topk", negatives, signal.Top(int(n), int(n)), 1, true, false)[0]
		signals = []torch.Tensor{
			positive.Detach().View(-1).Neg().AddScalar(1),
			negatives.LogSumExp(1, false).AddScalar(-math.Log(float64(n))),
			largest.Sub(all.Detach()).Exp().SumDim([]int64{1}, false),
		}
	})
	return perSample, signals
}
