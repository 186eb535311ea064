package bcltrain

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/bcl-go/bcl/cmd/internal/cli"
)

// patience is how long the step under way may go on after a signal. One of a large
// network takes many seconds on a CPU, and whoever sends signals may not wait so long.
var patience = 1500 * time.Millisecond

// runEpoch is f, which runs an epoch, but if that outlives the end of ctx by more
// than patience, the state before the step under way is saved and the process ends.
func (s *session) runEpoch(ctx context.Context, f func() error) error {
	var who sync.Mutex // taken for good by who goes on: this goroutine or the one that saves
	returned := make(chan struct{})
	go func() {
		select {
		case <-returned:
			return
		case <-ctx.Done():
		}
		for wait := patience; ; wait = 10 * time.Millisecond {
			select {
			case <-returned:
				return
			case <-time.After(wait):
			}
			if s.leave(ctx, &who) {
				return
			}
		}
	}()
	err := f()
	who.Lock()
	close(returned)
	return err
}

// leave saves and ends the process, unless the epoch is over or about to be.
func (s *session) leave(ctx context.Context, who *sync.Mutex) (over bool) {
	release := s.trainer.Hold()
	defer release()
	if s.trainer.Batch == s.trainer.Batches() {
		return false
	}
	if !who.TryLock() {
		return true
	}
	err := cli.Cause(ctx, s.end(ctx, ctx.Err()))
	s.note("%v", err)
	os.Exit(cli.Exit(name, err, s.stderr))
	return true
}
