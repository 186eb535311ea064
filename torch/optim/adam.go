package optim

import "github.com/bcl-go/bcl/torch"

// Adam (Kingma and Ba 2015, torch.optim.Adam) with weight decay added to the
// gradient, betas 0.9 and 0.999 and eps 1e-8.
type Adam struct {
	LR, WeightDecay float64
	Beta1, Beta2    float64
	Eps             float64

	params              []torch.Tensor
	expAvg, expAvgSq, n []torch.Tensor // means and steps so far, of the scope that NewAdam ran in
}

// NewAdam returns an optimiser of params. Its state belongs to the current scope.
func NewAdam(params []torch.Tensor, lr, weightDecay float64) *Adam {
	o := &Adam{LR: lr, WeightDecay: weightDecay, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, params: params}
	for _, p := range params {
		o.expAvg = append(o.expAvg, torch.ZerosLike(p.Detach()))
		o.expAvgSq = append(o.expAvgSq, torch.ZerosLike(p.Detach()))
		o.n = append(o.n, torch.Zeros([]int64{}, torch.On(torch.Float32, p.Device())))
	}
	return o
}

// Step updates the parameters by their gradients, each of which must exist.
func (o *Adam) Step() {
	grads := make([]torch.Tensor, len(o.params))
	for i, p := range o.params {
		grads[i] = gradient(p)
		follow(p, o.expAvg[i])
		follow(p, o.expAvgSq[i])
		move(o.n[i], p.Device())
	}
	torch.NoGrad(func() {
		for _, n := range o.n {
			torch.Run("add_.Scalar", n, 1)
		}
		torch.Run("_fused_adam_", o.params, grads, o.expAvg, o.expAvgSq, []torch.Tensor{}, o.n,
			o.LR, o.Beta1, o.Beta2, o.WeightDecay, o.Eps, false, false)
	})
}

// ZeroGrad drops the gradients.
func (o *Adam) ZeroGrad() { zeroGrad(o.params) }
