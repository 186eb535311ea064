package memory

import "fmt"

// Memory is the momentum loss of every sample and the weights computed from it. It is not
// for concurrent use.
type Memory struct {
	beta    float64
	by      Weighting // of the momentum
	oracle  []float64 // weights by the sizes of classes; nil if they are not known
	loss    []float32 // momentum loss m_i, or momentum of another signal
	seen    []bool    // whether m_i holds a loss
	weights []float64 // w_i in [0, 1], as of the last EndEpoch; nil before
}

// New returns the published memory of n samples. beta is the share of the past, 0.97 in the
// published runs. [Config.New] makes others.
func New(n int, beta float64) (*Memory, error) {
	if n < 2 {
		return nil, fmt.Errorf("memory of %d samples, expected at least 2", n)
	}
	if !(beta >= 0 && beta < 1) {
		return nil, fmt.Errorf("momentum_loss_beta %v is not in [0, 1)", beta)
	}
	return &Memory{beta: beta, by: Standardized, loss: make([]float32, n), seen: make([]bool, n)}, nil
}

// Observe records the losses of a batch: m_i = L_i the first time a sample is seen and
// m_i = beta*m_i + (1-beta)*L_i afterwards (section 3.2, equation 2), in float32 as in
// the authors' code.
func (m *Memory) Observe(samples []int, losses []float32) {
	keep, take := float32(m.beta), float32(1-m.beta)
	for k, i := range samples {
		if m.seen[i] {
			m.loss[i] = float32(take*losses[k]) + float32(keep*m.loss[i])
		} else {
			m.loss[i], m.seen[i] = losses[k], true
		}
	}
}

// EndEpoch computes the weights of the next epoch.
func (m *Memory) EndEpoch() error {
	for i, seen := range m.seen {
		if !seen {
			return fmt.Errorf("memory: sample %d has had no loss yet", i)
		}
	}
	m.weights = m.by.of(m.loss)
	return nil
}

// Len returns the number of samples.
func (m *Memory) Len() int { return len(m.loss) }

// Weight returns the weight of a sample: 0 before the first EndEpoch, so that the
// first epoch is plain SimCLR.
func (m *Memory) Weight(i int) float64 {
	if m.weights == nil {
		return 0
	}
	return m.weights[i]
}

// Seen reports whether a sample has had a loss.
func (m *Memory) Seen(i int) bool { return m.seen[i] }

// Loss returns the momentum losses; the slice is the memory's own.
func (m *Memory) Loss() []float32 { return m.loss }

// State is what a checkpoint needs of a Memory.
type State struct {
	Loss    []float32
	Seen    []bool
	Weights []float64 // nil before the first EndEpoch
}

// State returns a copy of the memory's state.
func (m *Memory) State() State {
	return State{append([]float32(nil), m.loss...), append([]bool(nil), m.seen...), append([]float64(nil), m.weights...)}
}

// SetState restores a state of a memory of the same size.
func (m *Memory) SetState(s State) error {
	n := len(m.loss)
	if len(s.Loss) != n || len(s.Seen) != n || s.Weights != nil && len(s.Weights) != n {
		return fmt.Errorf("memory: state of %d samples, expected %d", len(s.Loss), n)
	}
	copy(m.loss, s.Loss)
	copy(m.seen, s.Seen)
	m.weights = append([]float64(nil), s.Weights...)
	return nil
}
