// Package session trains in a run folder: from scratch or resumed, with checkpoints
// during training, a clean stop at a signal, and evaluation of the network after epochs.
// Its output is events, which observers turn into metrics, a log, a progress bar or
// anything else.
//
// The program opens the data, builds a [train.Trainer] and runs a [Session]:
//
//	start, err := session.Find(c)       // early: where does the run start?
//	err = torch.Do(func() error {
//		t, err := train.New(...)
//		s, err := session.Open(c, start, t)
//		defer s.Close()
//		return s.Run(ctx)
//	})
//
// Reading order: session.go, start.go, resume.go, loop.go, save.go, shutdown.go,
// evaluate.go; event.go with the observers log.go and metrics.go.
package session
