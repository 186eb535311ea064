package optim

import "github.com/bcl-go/bcl/torch"

// SGD is stochastic gradient descent with momentum (torch.optim.SGD; dampening 0,
// no Nesterov): g += weightDecay * p; buf = momentum * buf + g; p -= lr * buf.
// The first step sets buf = g.
type SGD struct {
	LR, Momentum, WeightDecay float64
	// Rate, if set, holds LR as a Float32 scalar on the device of the parameters, where Step
	// reads it: a captured Step then follows it.
	Rate torch.Tensor

	params  []torch.Tensor
	buffers []torch.Tensor // momentum buffers, of the scope that NewSGD ran in
	started bool           // whether buffers are set
}

// NewSGD returns an optimiser of params. Its buffers belong to the current scope.
func NewSGD(params []torch.Tensor, lr, momentum, weightDecay float64) *SGD {
	o := &SGD{LR: lr, Momentum: momentum, WeightDecay: weightDecay, params: params}
	if momentum != 0 {
		for _, p := range params {
			o.buffers = append(o.buffers, torch.ZerosLike(p.Detach()))
		}
	}
	return o
}

// SetLR sets LR, and Rate if there is one.
func (o *SGD) SetLR(lr float64) {
	o.LR = lr
	if o.Rate.Defined() {
		o.Rate.Fill_(lr)
	}
}

// Step updates the parameters by their gradients. Parameters without one are skipped.
func (o *SGD) Step() { o.StepUnless(torch.Tensor{}) }

// StepUnless is Step, except that neither parameters nor buffers change if found, a Float32
// scalar on their device, is 1 (found_inf of torch.amp.GradScaler). The host does not look.
func (o *SGD) StepUnless(found torch.Tensor) {
	params, grads, buffers := withGrads(o.params, o.buffers)
	if len(params) == 0 {
		return
	}
	torch.NoGrad(func() {
		op, lr := "_fused_sgd_", any(o.LR)
		if o.Rate.Defined() {
			op, lr = "_fused_sgd_.tensor_lr", o.Rate
		}
		torch.Run(op, params, grads, buffers, o.WeightDecay, o.Momentum, lr,
			0.0, false, false, o.Momentum != 0 && !o.started, torch.Tensor{}, found)
	})
	o.started = true
}

// ZeroGrad drops the gradients.
func (o *SGD) ZeroGrad() { zeroGrad(o.params) }

// Buffers returns the momentum buffers in the order of the parameters, nil before
// the first step, as PyTorch has none then.
func (o *SGD) Buffers() []torch.Tensor {
	if !o.started {
		return nil
	}
	return o.buffers
}

// LoadBuffers copies momentum buffers of a checkpoint, one per parameter or none at all.
// The momentum may have changed: without momentum buffers are ignored, and missing ones
// are set by the next step, as by a first step (so does PyTorch).
func (o *SGD) LoadBuffers(buffers []torch.Tensor) {
	if o.Momentum == 0 {
		return
	}
	torch.NoGrad(func() {
		for i, b := range buffers {
			o.buffers[i].Copy_(b)
		}
	})
	o.started = len(buffers) > 0
}

// withGrads picks the parameters that have a gradient, and their states.
func withGrads(params, states []torch.Tensor) (p, g, s []torch.Tensor) {
	for i, param := range params {
		grad := gradient(param)
		if !grad.Defined() {
			continue
		}
		p, g = append(p, param), append(g, grad)
		if states != nil {
			follow(param, states[i])
			s = append(s, states[i])
		}
	}
	return p, g, s
}

func zeroGrad(params []torch.Tensor) {
	for _, p := range params {
		p.SetGrad(torch.Tensor{})
	}
}
