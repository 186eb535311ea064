package session

import (
	"context"
	"fmt"
	"time"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch/distributed"
)

// Where several processes train together, rank 0 has the session: it alone reads and writes the
// run folder, and tells the others, through the store of their group, where to start.

// What rank 0 tells.
const (
	startKey = "session/start" // a checkpoint or run folder: where settings and environment are
	openKey  = "session/open"  // the checkpoint to load; "": none
)

// Opening and checking images takes each process as long as it does: where it ends they wait for
// each other without a time limit.
func readyKey(rank int) string { return fmt.Sprintf("session/ready/%d", rank) }

const goKey = "session/go"

func evaluatedKey(epoch int) string { return fmt.Sprintf("session/evaluated/%d", epoch) }

// Announce tells the other processes where the run starts.
func (b Start) Announce(g *distributed.ProcessGroup) error { return g.Set(startKey, b.from) }

// FindAlong is [Find] for a process that follows: it waits for what rank 0 has found.
func FindAlong(ctx context.Context, g *distributed.ProcessGroup) (Start, error) {
	from, err := g.Await(ctx, startKey)
	return Start{from: from}, err
}

// lead tells the other processes what to load, and waits for them.
func (s *Session) lead(ctx context.Context) error {
	g := s.Group
	if g == nil {
		return nil
	}
	if err := g.Set(openKey, s.from); err != nil {
		return err
	}
	for r := 1; r < g.Size(); r++ {
		if _, err := g.Await(ctx, readyKey(r)); err != nil {
			return err
		}
	}
	return g.Set(goKey, "go")
}

// Follow trains t along with the session of rank 0, whose run folder it can read. It writes
// nothing.
func Follow(ctx context.Context, c Config, t *train.Trainer) error {
	path, err := c.Group.Await(ctx, openKey)
	if err != nil {
		return cause(ctx, err)
	}
	if path != "" {
		from, err := checkpoint.Load(path)
		if err == nil {
			err = from.Restore(t)
		}
		if err != nil {
			return &ResumeError{Err: fmt.Errorf("rank 0 has read this checkpoint, which every process must be able to: %w", err)}
		}
	}
	err = c.Group.Set(readyKey(c.Group.Rank()), "ready")
	if err == nil {
		_, err = c.Group.Await(ctx, goKey)
	}
	if err != nil {
		return cause(ctx, err)
	}
	for !t.Done() {
		r, err := c.follow(ctx, t)
		if err == nil && c.Evaluate != nil && r.Epoch%c.EvaluateEvery == 0 {
			_, err = c.Group.Await(ctx, evaluatedKey(r.Epoch))
		}
		if err != nil {
			return cause(ctx, err)
		}
	}
	return t.Compare()
}

// follow trains to the end of an epoch, or for GracePeriod after the end of ctx.
func (c Config) follow(ctx context.Context, t *train.Trainer) (run.Metrics, error) {
	if c.Exit != nil {
		returned := make(chan struct{})
		defer close(returned)
		go func() {
			select {
			case <-returned:
				return
			case <-ctx.Done():
			}
			select {
			case <-returned:
			case <-time.After(c.GracePeriod):
				c.Exit(context.Cause(ctx))
			}
		}()
	}
	return t.RunEpoch(ctx)
}
