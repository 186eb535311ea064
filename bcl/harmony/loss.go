package harmony

import "github.com/bcl-go/bcl/torch"

// Logits returns the cosines of projections z (B x D) with directions (K x D), each row
// normalised as in the authors' code, so z need not be.
func Logits(z, directions torch.Tensor) torch.Tensor {
	return z.Mm(directions.T()).Normalize(1, 1e-12)
}

// Sinkhorn returns labels (B x K) of a batch for logits (B x K): each row sums to 1, the
// columns to B times the shares (K), and among all such labels they agree best with the
// logits, up to their entropy. It is the algorithm of Sinkhorn and Knopp, as in Cuturi
// 2013 (arXiv 1306.0895): rows and columns of exp(logits/0.05) are scaled alternately,
// rows last, so that those sums are exact. A class with share 0 gets nothing. No gradient
// flows through labels.
//
// Logits are in [-1, 1], so exp stays within e^20 and cannot overflow.
func Sinkhorn(logits, shares torch.Tensor, iterations int) (labels torch.Tensor) {
	torch.NoGrad(func() {
		b, k := logits.Size(0), logits.Size(1)
		q := logits.Detach().DivScalar(sharpness).Exp()
		columns := shares.Div(shares.Sum()).View(k, 1)
		row := torch.Full([]int64{b, 1}, 1/float64(b), torch.On(q.DType(), q.Device()))
		sample, class := row, columns
		for range iterations {
			class = columns.Div(q.T().Mm(sample))
			sample = row.Div(q.Mm(class))
		}
		labels = sample.Mul(q).Mul(class.T()).MulScalar(float64(b))
	})
	return labels
}

// Loss returns the loss of a batch whose views have the logits t1 and t2 (B x K): the
// cross entropy of each view's classes with the other view's labels, added.
//
// The authors' code for SDCLR computes it twice, with one side held fixed each time. As
// with NT-Xent the gradient of one loss with respect to both sides is the sum of those
// two.
func Loss(t1, t2, shares torch.Tensor, iterations int) torch.Tensor {
	cross := func(labels, logits torch.Tensor) torch.Tensor {
		predicted := logits.DivScalar(temperature).LogSoftmax(1)
		return labels.Mul(predicted).SumDim([]int64{1}, false).Mean().Neg()
	}
	return cross(Sinkhorn(t1, shares, iterations), t2).Add(cross(Sinkhorn(t2, shares, iterations), t1))
}
