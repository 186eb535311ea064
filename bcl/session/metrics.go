package session

import "github.com/bcl-go/bcl/bcl/run"

// metrics writes the numbers of an epoch: metrics.jsonl, momentum_loss.npy, the files of the
// signals and evaluations.jsonl.
type metrics struct{}

func (metrics) Observe(s *Session, e Event) error {
	switch e := e.(type) {
	case Epoch:
		if err := s.dir.Remember(e.Momentum, e.Signals...); err != nil {
			return err
		}
		return s.dir.Metric(e.Metrics)
	case Evaluation:
		var lines []run.Evaluation
		for _, r := range e.Results {
			lines = append(lines, run.Evaluation{Epoch: e.Epoch, Result: r})
		}
		return s.dir.Evaluations(lines...)
	}
	return nil
}
