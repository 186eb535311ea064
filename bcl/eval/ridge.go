package eval

import (
	"context"
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch"
)

// Ridge is a linear classifier in closed form, a monitor that costs a fraction of a
// probe: ridge regression (Hoerl and Kennard 1970) on one-hot targets, one class against
// the rest, with a bias that is not penalised. It minimises |XW + 1b - Y|^2 + penalty
// |W|^2.
type Ridge struct {
	// Penalty is relative to the mean eigenvalue of the features' scatter matrix,
	// trace(Xc'Xc) / D of centred features. 0 chooses it by generalised
	// cross-validation (Golub, Heath and Wahba 1979) from 1e-6 to 1e2 in half decades.
	Penalty float64
}

// ridge is a problem in the eigenvectors of the features' scatter matrix.
type ridge struct {
	n         float64
	meanX     torch.Tensor // 1 x D
	meanY     torch.Tensor // 1 x classes
	basis     torch.Tensor // D x D, eigenvectors
	values    []float64    // eigenvalues, none below 0
	projected torch.Tensor // basis' Xc' Yc, D x classes
	rows      []float64    // squared norms of projected's rows
	total     float64      // |Yc|^2
}

func init() { Register(func() Ridge { return Ridge{} }) }

// Spec implements [Classifier].
func (r *Ridge) Spec() Spec {
	return Spec{
		Name: "ridge", Rank: 30,
		Settings: []settings.Setting{
			{Name: "ridge-penalty", Usage: "penalty, relative to the features' mean eigenvalue; 0: by generalised cross-validation", Value: &r.Penalty},
		},
	}
}

// Check implements [Classifier]. No Suite is needed.
func (r Ridge) Check(*Suite) error {
	if !(r.Penalty >= 0) || math.IsInf(r.Penalty, 0) {
		return fmt.Errorf("ridge with penalty %v, expected at least 0", r.Penalty)
	}
	return nil
}

// Classify implements [Classifier].
func (r Ridge) Classify(_ context.Context, m *Measurement) ([][][]int64, error) {
	return m.Each(r.Spec().Name, func(p Part) ([][]int64, error) {
		return r.Predict(m.Set(p.Subset), m.Classes, m.Features.Test.X)
	})
}

// Predict returns for each row of x the classes, best first, as [Probe.Predict] does.
func (r Ridge) Predict(train Set, classes int, x torch.Tensor) ([][]int64, error) {
	if err := r.Check(nil); err != nil {
		return nil, err
	}
	return torch.With(func() ([][]int64, error) {
		weight, bias := r.fit(train, classes)
		return best(x.To(torch.Float64).Mm(weight).Add(bias)), nil
	})
}

// fit returns the weights, D x classes, and the bias, 1 x classes, in float64.
func (r Ridge) fit(train Set, classes int) (weight, bias torch.Tensor) {
	p := newRidge(train, classes)
	relative := r.Penalty
	if relative == 0 {
		relative = p.choose()
	}
	penalty := relative * p.scale()
	inverse := make([]float64, len(p.values))
	for i, v := range p.values {
		if inverse[i] = 0; v+penalty > 0 {
			inverse[i] = 1 / (v + penalty)
		}
	}
	scale := torch.FromSlice(inverse, int64(len(inverse)), 1).ToDevice(p.basis.Device())
	weight = p.basis.Mm(p.projected.Mul(scale))
	return weight, p.meanY.Sub(p.meanX.Mm(weight))
}

func newRidge(train Set, classes int) *ridge {
	x := train.X.To(torch.Float64)
	n := x.Size(0)
	y := torch.Zeros([]int64{n, int64(classes)}, torch.On(torch.Float64, x.Device()))
	y.ScatterAdd_(1, train.Labels.Unsqueeze(1), torch.Ones([]int64{n, 1}, torch.On(torch.Float64, x.Device())))
	p := &ridge{n: float64(n), meanX: x.MeanDim([]int64{0}, true), meanY: y.MeanDim([]int64{0}, true)}
	x, y = x.Sub(p.meanX), y.Sub(p.meanY)
	eigen := torch.Call("linalg_eigh", x.T().Mm(x))
	p.basis = eigen[1]
	p.values = torch.Slice[float64](eigen[0].ToDevice(torch.CPU))
	for i, v := range p.values {
		p.values[i] = max(v, 0) // rounding makes zeros negative
	}
	p.projected = p.basis.T().Mm(x.T().Mm(y))
	p.rows = torch.Slice[float64](p.projected.Square().SumDim([]int64{1}, false).ToDevice(torch.CPU))
	p.total = torch.Item[float64](y.Square().Sum())
	return p
}

// scale is the mean eigenvalue.
func (p *ridge) scale() float64 {
	sum := 0.0
	for _, v := range p.values {
		sum += v
	}
	return sum / float64(len(p.values))
}

// penalties are the relative penalties that choose tries.
func penalties() (out []float64) {
	for k := -12; k <= 4; k++ {
		out = append(out, math.Pow(10, float64(k)/2))
	}
	return out
}

// choose returns the relative penalty with the least generalised cross-validation.
func (p *ridge) choose() float64 {
	least, chosen := math.Inf(1), 1.0
	for _, relative := range penalties() {
		if v := p.gcv(relative * p.scale()); v < least {
			least, chosen = v, relative
		}
	}
	return chosen
}

// gcv is |Y - HY|^2 / n / (1 - trace(H)/n)^2 where H maps targets to fitted values.
func (p *ridge) gcv(penalty float64) float64 {
	residual, trace := p.total, 1.0 // 1 for the bias
	for i, v := range p.values {
		if v+penalty <= 0 {
			continue
		}
		residual += p.rows[i] * (v/(v+penalty) - 2) / (v + penalty)
		trace += v / (v + penalty)
	}
	free := 1 - trace/p.n
	return max(residual, 0) / p.n / (free * free)
}
