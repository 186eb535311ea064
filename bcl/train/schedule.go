package train

import "github.com/bcl-go/bcl/torch/optim"

// schedule is the learning rate of a run: warm-up and one cosine, or two where an auxiliary
// loss restarts it.
type schedule struct {
	first, second optim.WarmupCosine
	turn          int // the step where second begins; 0: never
}

func newSchedule(c Config, batches int) schedule {
	s := schedule{first: optim.WarmupCosine{Base: c.LR, Min: FinalLR, Warmup: c.Warmup * batches, Total: c.Epochs * batches}}
	for _, a := range c.Auxiliary {
		if epoch, share := a.Restart(c.Epochs); epoch > 0 {
			s.turn = (epoch - 1) * batches
			s.second = optim.WarmupCosine{Base: c.LR * share, Min: FinalLR, Total: s.first.Total - s.turn}
			s.first.Min, s.first.Total = s.second.Base, s.turn
			break
		}
	}
	return s
}

// At returns the learning rate of a step.
func (s schedule) At(step int) float64 {
	if s.turn == 0 || step < s.turn {
		return s.first.At(step)
	}
	return s.second.At(step - s.turn)
}
