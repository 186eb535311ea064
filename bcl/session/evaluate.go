package session

import (
	"context"
	"fmt"
)

// evaluate evaluates the network after an epoch, if that is due. It does not change the
// run.
func (s *Session) evaluate(ctx context.Context, epoch int) error {
	if s.Evaluate == nil || epoch%s.EvaluateEvery != 0 {
		return nil
	}
	progress := func(task string, done, total int) {
		s.Notify(Working{fmt.Sprintf("evaluation after epoch %d: %s", epoch, task), done, total})
	}
	results, err := s.Evaluate(ctx, s.Trainer.Net, progress)
	if err != nil {
		return err
	}
	if s.Group != nil {
		if err := s.Group.Set(evaluatedKey(epoch), "done"); err != nil {
			return err
		}
	}
	return s.Notify(Evaluation{epoch, results})
}
