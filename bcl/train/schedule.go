package train

import "github.com/bcl-go/bcl/torch/optim"

// schedule is the learning rate of a run: warm-up and one cosine, or with Geometric
// Harmonization two, the second from the step where its loss sets in.
type schedule struct {
	first, second optim.WarmupCosine
	turn          int // the step where second begins; 0: never
}

func newSchedule(c Config, batches int) schedule {
	s := schedule{first: optim.WarmupCosine{Base: c.LR, Min: FinalLR, Warmup: c.Warmup * batches, Total: c.Epochs * batches}}
	if c.Harmony == nil || c.Harmony.LRShare == 0 {
		return s
	}
	s.turn = (c.Harmony.First(c.Epochs) - 1) * batches
	s.second = optim.WarmupCosine{Base: c.LR * c.Harmony.LRShare, Min: FinalLR, Total: s.first.Total - s.turn}
	s.first.Min, s.first.Total = s.second.Base, s.turn
	return s
}

// At returns the learning rate of a step.
func (s schedule) At(step int) float64 {
	if s.turn == 0 || step < s.turn {
		return s.first.At(step)
	}
	return s.second.At(step - s.turn)
}
