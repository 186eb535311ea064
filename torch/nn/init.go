package nn

import (
	"math"

	"github.com/bcl-go/bcl/torch"
)

// fans returns the number of inputs and outputs of a weight: O x I x K x K, or O x I.
func fans(w torch.Tensor) (in, out float64) {
	shape := w.Shape()
	field := 1.0
	for _, s := range shape[2:] {
		field *= float64(s)
	}
	return float64(shape[1]) * field, float64(shape[0]) * field
}

// KaimingNormalFanOut fills w from a normal distribution with variance 2/fan_out
// (He et al. 2015, for ReLU), as torchvision starts its convolutions.
func KaimingNormalFanOut(w torch.Tensor) {
	_, out := fans(w)
	torch.NoGrad(func() { w.Normal_(0, math.Sqrt2/math.Sqrt(out)) })
}

// defaultInit fills a layer's weight and bias as PyTorch's constructors do:
// uniform within 1/sqrt(fan_in), which they write as Kaiming uniform with
// a = sqrt(5). The arithmetic follows theirs so that the bits are the same.
func defaultInit(w, bias torch.Tensor) {
	in, _ := fans(w)
	gain := math.Sqrt(2 / (1 + math.Pow(math.Sqrt(5), 2)))
	std := gain / math.Sqrt(in)
	bound := math.Sqrt(3) * std
	torch.NoGrad(func() {
		w.Uniform_(-bound, bound)
		if bias.Defined() {
			bound := 1 / math.Sqrt(in)
			bias.Uniform_(-bound, bound)
		}
	})
}
