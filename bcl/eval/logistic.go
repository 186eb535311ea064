package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch"
)

// Logistic is multinomial logistic regression fitted to convergence by L-BFGS: unlike the
// probe it has one solution, for any seed. It minimises the mean cross entropy +
// penalty/2 |W|^2; the bias is not penalised. It computes in float64.
type Logistic struct {
	// Penalty is the weight of |W|^2 / 2; 0 means 1/n for n images, which is C = 1
	// of scikit-learn's LogisticRegression.
	Penalty    float64
	Iterations int     // at most
	Tolerance  float64 // largest component of the gradient at convergence
	// Progress, if set, is called after every iteration.
	Progress func(done, total int)
}

// DefaultLogistic returns the settings of bcl-eval, for monitoring: it may stop before
// the minimum, which 500 iterations did not always reach on raw features.
func DefaultLogistic() Logistic { return Logistic{Iterations: 100, Tolerance: 1e-4} }

func init() { Register(DefaultLogistic) }

// Spec implements [Classifier].
func (l *Logistic) Spec() Spec {
	return Spec{
		Name: "lbfgs", Rank: 40,
		Settings: []settings.Setting{
			{Name: "lbfgs-penalty", Usage: "penalty on |W|^2/2 added to the mean loss; 0: 1/images", Value: &l.Penalty},
			{Name: "lbfgs-iterations", Usage: "maximum number of iterations of L-BFGS", Value: &l.Iterations},
		},
	}
}

// Check implements [Classifier]. No Suite is needed.
func (l Logistic) Check(*Suite) error {
	if l.Iterations < 1 || !(l.Tolerance > 0) || !(l.Penalty >= 0) || math.IsInf(l.Penalty, 0) {
		return fmt.Errorf("logistic regression with %d iterations, tolerance %v, penalty %v: expected at least 1, above 0, at least 0", l.Iterations, l.Tolerance, l.Penalty)
	}
	return nil
}

// Classify implements [Classifier].
func (l Logistic) Classify(ctx context.Context, m *Measurement) ([][][]int64, error) {
	return m.Each(l.Spec().Name, func(p Part) ([][]int64, error) {
		l.Progress = p.Progress
		return l.Predict(ctx, m.Set(p.Subset), m.Classes, m.Features.Test.X)
	})
}

// Predict fits the classifier on train and returns for each row of x the classes, best
// first, as [Probe.Predict] does.
func (l Logistic) Predict(ctx context.Context, train Set, classes int, x torch.Tensor) ([][]int64, error) {
	if err := l.Check(nil); err != nil {
		return nil, err
	}
	return torch.With(func() ([][]int64, error) {
		weight, bias, err := l.fit(ctx, train, classes)
		if err != nil {
			return nil, err
		}
		return best(x.To(torch.Float64).Mm(weight).Add(bias)), nil
	})
}

// fit returns the weights, D x classes, and the bias, 1 x classes.
func (l Logistic) fit(ctx context.Context, train Set, classes int) (weight, bias torch.Tensor, err error) {
	x := train.X.To(torch.Float64)
	n, d, c := x.Size(0), x.Size(1), int64(classes)
	penalty := cmp.Or(l.Penalty, 1/float64(n))
	options := torch.On(torch.Float64, x.Device())
	minusTarget := torch.Zeros([]int64{n, c}, options)
	minusTarget.ScatterAdd_(1, train.Labels.Unsqueeze(1), torch.Full([]int64{n, 1}, -1, options))
	split := func(theta torch.Tensor) (w, b torch.Tensor) {
		return theta.Narrow(0, 0, d*c).View(d, c), theta.Narrow(0, d*c, c).View(1, c)
	}
	theta := torch.Zeros([]int64{(d + 1) * c}, options)
	m := minimiser{
		objective: func(theta torch.Tensor) (float64, torch.Tensor) {
			w, b := split(theta)
			logits := x.Mm(w).Add(b)
			value := torch.Item[float64](torch.CrossEntropy(logits, train.Labels, torch.ReduceMean)) + penalty/2*torch.Item[float64](w.Square().Sum())
			residual := logits.Softmax(1).Add_(minusTarget, 1).MulScalar_(1 / float64(n))
			gw := x.T().Mm(residual).Add_(w, penalty)
			return value, torch.Cat([]torch.Tensor{gw.Flatten(0), residual.SumDim([]int64{0}, false)}, 0)
		},
		iterations: l.Iterations, tolerance: l.Tolerance, progress: l.Progress,
	}
	torch.NoGrad(func() { err = m.run(ctx, theta) })
	weight, bias = split(theta)
	return weight, bias, err
}
