package eval

import (
	"context"
	"fmt"
	"math"

	"github.com/bcl-go/bcl/bcl/settings"
	"github.com/bcl-go/bcl/torch"
)

// SVM is a linear support vector machine on L2-normalised features, one against the rest
// (Fan et al., LIBLINEAR, JMLR 2008, section 2.1, L2-loss): for each class it minimises
//
//	1/2 (|w|^2 + b^2) + C sum_i max(0, 1 - y_i (w x_i + b))^2
//
// in float64, which has one solution: that of scikit-learn's LinearSVC, whose random
// numbers only order the steps. Kukleva et al. (ICLR 2023) evaluate with it, at C = 1.
type SVM struct {
	C          float64
	Iterations int     // of L-BFGS, at most
	Tolerance  float64 // largest component of the gradient, divided by C and the images, at convergence
	// Progress, if set, is called after every iteration.
	Progress func(done, total int)
}

// DefaultSVM is LinearSVC with its defaults, but nearer to the minimum.
func DefaultSVM() SVM { return SVM{C: 1, Iterations: 1000, Tolerance: 1e-6} }

func init() { Register(DefaultSVM) }

// Spec implements [Classifier].
func (s *SVM) Spec() Spec {
	return Spec{
		Name: "svm", Rank: 45,
		Settings: []settings.Setting{
			{Name: "svm-c", Usage: "weight C of the hinge loss of the linear SVM", Value: &s.C},
			{Name: "svm-iterations", Usage: "maximum number of iterations of the linear SVM", Value: &s.Iterations},
		},
	}
}

// Check implements [Classifier]. No Suite is needed.
func (s SVM) Check(*Suite) error {
	if s.Iterations < 1 || !(s.Tolerance > 0) || !(s.C > 0) || math.IsInf(s.C, 0) {
		return fmt.Errorf("linear SVM with %d iterations, tolerance %v, C = %v: expected at least 1, above 0, above 0", s.Iterations, s.Tolerance, s.C)
	}
	return nil
}

// Classify implements [Classifier].
func (s SVM) Classify(ctx context.Context, m *Measurement) ([][][]int64, error) {
	return m.Each((&s).Spec().Name, func(p Part) ([][]int64, error) {
		s.Progress = p.Progress
		return s.Predict(ctx, m.Set(p.Subset), m.Classes, m.Features.Test.X)
	})
}

// Predict fits the classifier on train and returns for each row of x the classes, best
// first, as [Probe.Predict] does.
func (s SVM) Predict(ctx context.Context, train Set, classes int, x torch.Tensor) ([][]int64, error) {
	if err := s.Check(nil); err != nil {
		return nil, err
	}
	return torch.With(func() ([][]int64, error) {
		theta, err := s.fit(ctx, train, classes)
		if err != nil {
			return nil, err
		}
		return best(withOne(x).Mm(theta)), nil
	})
}

// withOne normalises each row of x (N x D), in float64, and appends a 1.
func withOne(x torch.Tensor) torch.Tensor {
	x = x.To(torch.Float64).Normalize(1, 1e-12)
	return torch.Cat([]torch.Tensor{x, torch.Ones([]int64{x.Size(0), 1}, torch.On(torch.Float64, x.Device()))}, 1)
}

// fit returns the weights and, in the last row, the biases: (D + 1) x classes. The
// objective of all classes is divided by C and the number of images.
func (s SVM) fit(ctx context.Context, train Set, classes int) (theta torch.Tensor, err error) {
	x := withOne(train.X)
	n, d, c := x.Size(0), x.Size(1), int64(classes)
	options := torch.On(torch.Float64, x.Device())
	sign := torch.Full([]int64{n, c}, -1, options) // y
	sign.ScatterAdd_(1, train.Labels.Unsqueeze(1), torch.Full([]int64{n, 1}, 2, options))
	penalty := 1 / (s.C * float64(n))
	flat := torch.Zeros([]int64{d * c}, options)
	m := minimiser{
		objective: func(at torch.Tensor) (float64, torch.Tensor) {
			w := at.View(d, c)
			slack := x.Mm(w).Mul(sign).Neg().AddScalar(1).ClampMin(0)
			value := torch.Item[float64](slack.Square().Sum())/float64(n) + penalty/2*torch.Item[float64](w.Square().Sum())
			g := x.T().Mm(slack.Mul(sign)).MulScalar(-2/float64(n)).Add_(w, penalty)
			return value, g.Flatten(0)
		},
		iterations: s.Iterations, tolerance: s.Tolerance, progress: s.Progress,
	}
	torch.NoGrad(func() { err = m.run(ctx, flat) })
	return flat.View(d, c), err
}
