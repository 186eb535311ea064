// Package session trains in a run folder: from the start or resumed, with checkpoints
// while training goes on, an orderly end at a signal, and evaluation of the network on
// the way. What is seen of it are events, which observers turn into metrics, a log, a
// progress bar or anything else.
//
// The program opens the data, builds a [train.Trainer] and runs a [Session]:
//
//	start, err := session.Find(c)       // early: may this folder be trained in, from where?
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
