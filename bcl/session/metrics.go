package session

import (
	"github.com/bcl-go/bcl/bcl/score"
)

// metrics writes the numbers of an epoch: metrics.jsonl, momentum_loss.npy and
// evaluations.jsonl.
type metrics struct{}

// evaluation is a line of evaluations.jsonl.
type evaluation struct {
	Epoch int `json:"epoch"`
	score.Result
}

func (metrics) Observe(s *Session, e Event) error {
	switch e := e.(type) {
	case Epoch:
		if err := s.dir.Remember(e.Momentum); err != nil {
			return err
		}
		return s.dir.Metric(e.Report)
	case Evaluation:
		var lines []any
		for _, r := range e.Results {
			lines = append(lines, evaluation{e.Epoch, r})
		}
		return s.dir.Evaluations(lines...)
	}
	return nil
}
