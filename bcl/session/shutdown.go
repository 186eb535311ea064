package session

import (
	"context"
	"sync"
	"time"
)

// orExit calls f, which runs an epoch. If f does not return within GracePeriod after the end
// of ctx, the state before the current step is saved and Exit called: a step of a large
// network takes many seconds on a CPU, and the sender of a signal may not wait that long.
func (s *Session) orExit(ctx context.Context, f func() error) error {
	if s.Exit == nil {
		return f()
	}
	var who sync.Mutex // locked for good by the first: this goroutine or the one that saves
	returned := make(chan struct{})
	go func() {
		select {
		case <-returned:
			return
		case <-ctx.Done():
		}
		for wait := s.GracePeriod; ; wait = 10 * time.Millisecond {
			select {
			case <-returned:
				return
			case <-time.After(wait):
			}
			if s.exit(ctx, &who) {
				return
			}
		}
	}()
	err := f()
	who.Lock()
	close(returned)
	return err
}

// exit saves and ends the process, unless the epoch is over or about to be.
func (s *Session) exit(ctx context.Context, who *sync.Mutex) (over bool) {
	release := s.Trainer.Hold()
	defer release()
	if s.Trainer.Batch == s.Trainer.Batches() {
		return false
	}
	if !who.TryLock() {
		return true
	}
	err := cause(ctx, s.end(ctx, ctx.Err()))
	s.Notify(End{err})
	s.Exit(err)
	return true
}
