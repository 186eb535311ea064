package loss

import (
	"math"

	"github.com/bcl-go/bcl/torch"
)

// rows are the 2B views of a batch: those of z1, then those of z2. Row a has the positive
// p(a), the other view of its sample, and 2B-2 negatives, all other samples' views.
type rows struct {
	cosines  torch.Tensor // 2B x 2B
	positive torch.Tensor // B: of the two views of a sample
	own      torch.Tensor // 2B x 2B, Bool: a row itself and its positive, which are no negatives
}

// rowsOf returns the rows of projections (B x D), which need not be normalised.
func rowsOf(z1, z2 torch.Tensor) rows {
	z1, z2 = z1.Normalize(-1, 1e-12), z2.Normalize(-1, 1e-12)
	z := torch.Cat([]torch.Tensor{z1, z2}, 0)
	own := torch.Eye(z1.Size(0), torch.On(torch.Bool, z.Device()))
	twice := torch.Cat([]torch.Tensor{own, own}, 1)
	return rows{
		cosines:  z.Mm(z.T()),
		positive: z1.Mul(z2).SumDim([]int64{-1}, false),
		own:      torch.Cat([]torch.Tensor{twice, twice}, 0),
	}
}

// negatives returns log sum exp(factor <a, b>) over the negatives b of each row a (2B).
func (r rows) negatives(factor float64) torch.Tensor {
	return r.cosines.MulScalar(factor).MaskedFill(r.own, math.Inf(-1)).LogSumExp(1, false)
}

// positives returns factor <a, p(a)> of each row (2B).
func (r rows) positives(factor float64) torch.Tensor {
	p := r.positive.MulScalar(factor)
	return torch.Cat([]torch.Tensor{p, p}, 0)
}

// perSample is the mean of each sample's two rows: 2B to B.
func perSample(rows torch.Tensor) torch.Tensor {
	return rows.View(2, -1).MeanDim([]int64{0}, false)
}
