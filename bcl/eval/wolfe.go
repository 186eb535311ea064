package eval

import (
	"math"

	"github.com/bcl-go/bcl/torch"
)

// Constants of the strong Wolfe conditions, Nocedal and Wright's for quasi-Newton
// methods: the value must decrease by this share of what the slope predicts, and the
// slope to this share of its size.
const (
	sufficientDecrease = 1e-4
	flatter            = 0.9
	mostTrials         = 25 // of one line search
)

// point is a step along the direction: its length, and the value and slope there.
type point struct{ t, value, slope float64 }

// at moves the trial point to x + t times the direction.
func (m *minimiser) at(t float64) point {
	p := point{t: t}
	m.trials++
	if err := torch.Do(func() error {
		m.trial.Copy_(m.x).Add_(m.direction, t)
		value, g := m.objective(m.trial)
		m.trialGrad.Copy_(g)
		p.value, p.slope = value, dot(g, m.direction)
		return nil
	}); err != nil {
		m.err = err
	}
	if math.IsNaN(p.value) {
		p.value = math.Inf(1)
	}
	return p
}

// search finds a length that meets the strong Wolfe conditions (algorithm 3.5) and leaves
// the trial point there. It returns false if the value does not decrease.
func (m *minimiser) search() bool {
	start := point{0, m.value, m.slope}
	m.trials = 0
	last, p := start, m.at(m.firstLength())
	for m.err == nil && m.trials < mostTrials {
		switch {
		case m.tooHigh(p) || last.t > 0 && p.value >= last.value:
			return m.zoom(last, p)
		case m.flat(p):
			return m.accept(p)
		case p.slope >= 0:
			return m.zoom(p, last)
		}
		next := cubic(last, p)
		if !(next > 1.5*p.t) {
			next = 1.5 * p.t
		}
		last, p = p, m.at(min(next, 10*p.t))
	}
	return m.accept(p)
}

// tooHigh reports that the value at p has not decreased enough, flat that its slope has.
func (m *minimiser) tooHigh(p point) bool {
	return p.value > m.value+sufficientDecrease*p.t*m.slope
}
func (m *minimiser) flat(p point) bool { return math.Abs(p.slope) <= -flatter*m.slope }

// zoom narrows an interval that contains a good length (algorithm 3.6); lo has the least
// value so far.
func (m *minimiser) zoom(lo, hi point) bool {
	at := hi.t
	for m.err == nil && m.trials < mostTrials {
		t := cubic(lo, hi)
		if margin := 0.1 * math.Abs(hi.t-lo.t); !(t > min(lo.t, hi.t)+margin && t < max(lo.t, hi.t)-margin) {
			t = (lo.t + hi.t) / 2
		}
		p := m.at(t)
		at = t
		switch {
		case m.tooHigh(p) || p.value >= lo.value:
			hi = p
		case m.flat(p):
			return m.accept(p)
		default:
			if p.slope*(hi.t-lo.t) >= 0 {
				hi = lo
			}
			lo = p
		}
	}
	if at != lo.t && m.err == nil && lo.t > 0 {
		lo = m.at(lo.t)
	}
	return m.accept(lo)
}

// accept accepts p, the current trial point, if its value is lower.
func (m *minimiser) accept(p point) bool {
	if m.err != nil || p.t == 0 || !(p.value < m.value) {
		return false
	}
	m.value = p.value
	return true
}

// cubic is the minimum of the cubic through two values and slopes (equation 3.59).
func cubic(a, b point) float64 {
	d1 := a.slope + b.slope - 3*(a.value-b.value)/(a.t-b.t)
	d2 := math.Copysign(math.Sqrt(d1*d1-a.slope*b.slope), b.t-a.t)
	return b.t - (b.t-a.t)*(b.slope+d2-d1)/(b.slope-a.slope+2*d2)
}
