package memory

import "fmt"

// Weigh returns the weights of samples by their momentum losses: those of the memory itself,
// which measures of what it finds are about.
func (c Config) Weigh(loss []float32) []float64 { return c.Weights.of(loss) }

// Trained returns the weights that samples are trained with in an epoch, counted from 1, after
// the one that left them these momentum losses: by the rule of the method or the control in its
// place. sizes and seed are as of the run ([Config.New], [Memory.Rule]).
func (c Config) Trained(method Rule, loss []float32, seed uint64, epoch int, sizes []int) ([]float64, error) {
	for i, l := range loss {
		if l != l {
			return nil, fmt.Errorf("the momentum loss of sample %d is NaN", i)
		}
	}
	m, err := c.New(len(loss), max(1, epoch), sizes)
	if err != nil {
		return nil, err
	}
	copy(m.loss, loss)
	m.weights = c.Weigh(loss)
	of := m.Rule(c.RuleOf(method), seed, epoch)
	w := make([]float64, len(loss))
	for i := range w {
		w[i] = of(i)
	}
	return w, nil
}

// SizesOf returns, for each sample, how many samples its class has; nil if one has no label.
func SizesOf(labels []int) []int {
	counts, sizes := map[int]int{}, make([]int, len(labels))
	for _, c := range labels {
		if c < 0 {
			return nil
		}
		counts[c]++
	}
	for i, c := range labels {
		sizes[i] = counts[c]
	}
	return sizes
}
