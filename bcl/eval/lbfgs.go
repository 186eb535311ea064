package eval

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/bcl-go/bcl/torch"
)

// minimiser is L-BFGS (Liu and Nocedal 1989; Nocedal and Wright, Numerical
// Optimization, 2006, algorithm 7.5) with a line search for the strong Wolfe
// conditions (wolfe.go).
type minimiser struct {
	// objective returns the value and the gradient at a point, in tensors of the
	// current scope.
	objective  func(at torch.Tensor) (float64, torch.Tensor)
	iterations int
	tolerance  float64 // of the largest component of the gradient
	progress   func(done, total int)

	x, gradient      torch.Tensor
	direction        torch.Tensor
	trial, trialGrad torch.Tensor   // last point of the line search
	value, slope     float64        // at x, and along the direction there
	steps, changes   []torch.Tensor // the last steps and changes of the gradient, oldest first
	curvature        []float64      // their products
	trials           int            // of the line search
	err              error          // of the objective
}

// history is the number of steps that are kept.
const history = 10

// run moves x, a vector, to a minimum. It ends when the gradient is within the tolerance,
// after the last iteration, or when the value no longer decreases.
func (m *minimiser) run(ctx context.Context, x torch.Tensor) error {
	return torch.DoScope(func(s *torch.Scope) error {
		m.x = x
		for _, t := range []*torch.Tensor{&m.gradient, &m.direction, &m.trial, &m.trialGrad} {
			*t = torch.ZerosLike(x)
		}
		start := m.at(0)
		m.gradient.Copy_(m.trialGrad)
		m.value = start.value
		for i := range m.iterations {
			if err := errors.Join(ctx.Err(), m.err); err != nil {
				return err
			}
			if math.IsInf(m.value, 0) {
				return fmt.Errorf("L-BFGS: the value is not finite at iteration %d: are all features finite?", i)
			}
			if again, err := m.iterate(s); err != nil || !again {
				return err
			}
			if m.progress != nil {
				m.progress(i+1, m.iterations)
			}
		}
		return nil
	})
}

// iterate makes one step. keep owns the kept tensors. It returns false at the end.
func (m *minimiser) iterate(keep *torch.Scope) (again bool, err error) {
	return torch.With(func() (bool, error) {
		if largest(m.gradient) <= m.tolerance {
			return false, nil
		}
		m.aim()
		again := m.search()
		if again {
			m.remember(keep)
		}
		return again, m.err
	})
}

func largest(t torch.Tensor) float64 { return torch.Item[float64](t.Abs().Max()) }

func dot(a, b torch.Tensor) float64 { return torch.Item[float64](a.Mul(b).Sum()) }

// aim sets the direction: the two-loop recursion (algorithm 7.4).
func (m *minimiser) aim() {
	m.direction.Copy_(m.gradient.Neg())
	k := len(m.steps)
	alpha := make([]float64, k)
	for i := k - 1; i >= 0; i-- {
		alpha[i] = dot(m.steps[i], m.direction) / m.curvature[i]
		m.direction.Add_(m.changes[i], -alpha[i])
	}
	if k > 0 {
		m.direction.MulScalar_(m.curvature[k-1] / dot(m.changes[k-1], m.changes[k-1]))
	}
	for i := range k {
		beta := dot(m.changes[i], m.direction) / m.curvature[i]
		m.direction.Add_(m.steps[i], alpha[i]-beta)
	}
	m.slope = dot(m.gradient, m.direction)
}

// firstLength is the first step length of the line search: 1, but in the first iteration
// at most 1 over the L1 norm of the gradient.
func (m *minimiser) firstLength() float64 {
	if len(m.steps) > 0 {
		return 1
	}
	return min(1, 1/torch.Item[float64](m.gradient.Abs().Sum()))
}

// remember moves to the trial point and keeps the step and the change of the gradient,
// replacing the oldest if the history is full.
func (m *minimiser) remember(s *torch.Scope) {
	step, change := m.trial.Sub(m.x), m.trialGrad.Sub(m.gradient)
	m.x.Copy_(m.trial)
	m.gradient.Copy_(m.trialGrad)
	bend := dot(step, change)
	if !(bend > 0) { // not near a minimum, up to rounding
		return
	}
	if len(m.steps) == history {
		step, change = m.steps[0].Copy_(step), m.changes[0].Copy_(change)
		m.steps, m.changes, m.curvature = m.steps[1:], m.changes[1:], m.curvature[1:]
	} else {
		s.Keep(step, change)
	}
	m.steps, m.changes, m.curvature = append(m.steps, step), append(m.changes, change), append(m.curvature, bend)
}
