package harmony

// Population is the history of each sample's logits and the shares of the classes,
// estimated from it. It has no tensors, so it is the same on every device.
type Population struct {
	classes int
	history []float32 // N x K
	label   []int     // index of the largest number of each history
	count   []int     // samples with each label
	shares  []float64 // as of the last Estimate; nil before
}

// NewPopulation returns the population of n samples.
func NewPopulation(n, classes int) *Population {
	p := &Population{classes: classes, history: make([]float32, n*classes), label: make([]int, n), count: make([]int, classes)}
	p.count[0] = n // histories of zeros
	return p
}

// Observe records the logits (len(samples) x K) of a batch with keep as the share of the
// past, in float32 as in the authors' code.
func (p *Population) Observe(samples []int, logits []float32, keep float64) {
	old, fresh := float32(keep), float32(1-keep)
	for row, i := range samples {
		h := p.row(i)
		for k, l := range logits[row*p.classes : (row+1)*p.classes] {
			h[k] = float32(old*h[k]) + float32(fresh*l)
		}
		p.relabel(i)
	}
}

func (p *Population) row(i int) []float32 { return p.history[i*p.classes : (i+1)*p.classes] }

// relabel counts sample i by its history; ties go to the first.
func (p *Population) relabel(i int) {
	best, h := 0, p.row(i)
	for k, v := range h {
		if v > h[best] {
			best = k
		}
	}
	p.count[p.label[i]]--
	p.label[i] = best
	p.count[best]++
}

// Estimate computes the shares of the classes, with floor samples added to each.
func (p *Population) Estimate(floor int) {
	p.shares = make([]float64, p.classes)
	all := float64(len(p.label) + floor*p.classes)
	for k, n := range p.count {
		p.shares[k] = float64(n+floor) / all
	}
}

// Shares returns the shares of the classes, nil before the first Estimate.
func (p *Population) Shares() []float64 { return p.shares }

// Len returns the number of samples.
func (p *Population) Len() int { return len(p.label) }
