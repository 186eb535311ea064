package session

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/eval"
)

// evaluate evaluates the network after an epoch, if that is due. It does not change the
// run.
func (s *Session) evaluate(ctx context.Context, epoch int) error {
	if s.Suite == nil || epoch%s.EvaluateEvery != 0 {
		return nil
	}
	s.Suite.Progress = func(task string, done, total int) {
		s.Notify(Working{fmt.Sprintf("evaluation after epoch %d: %s", epoch, task), done, total})
	}
	results, err := s.Suite.Measure(ctx, eval.Encoder{Net: s.Trainer.Net.Encoder()})
	if err != nil {
		return err
	}
	return s.Notify(Evaluation{epoch, results})
}
