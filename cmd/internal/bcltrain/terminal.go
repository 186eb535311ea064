package bcltrain

import (
	"errors"
	"fmt"
	"io"

	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch/distributed"
)

// terminal shows a session on stderr: lines, and a progress bar between them.
type terminal struct {
	stderr io.Writer
	resume string        // command that resumes the run
	bar    *cli.Progress // nil before the first step
	done   int           // steps
}

func (t *terminal) Observe(_ *session.Session, e session.Event) error {
	switch e := e.(type) {
	case session.Step:
		if t.bar == nil {
			t.bar = cli.NewProgress(t.stderr, "training", e.Total)
		}
		t.done = e.Done
		t.bar.Set(t.done, fmt.Sprintf("epoch %d of %d, loss %.4f", e.Epoch, e.Epochs, e.Loss))
	case session.Working:
		t.bar.Set(t.done, fmt.Sprintf("%s, %d of %d", e.Task, e.Done, e.Total))
	case session.End:
		_, interrupted := errors.AsType[*cli.Interrupted](e.Err)
		_, others := errors.AsType[*distributed.RankError](e.Err)
		if interrupted || others {
			t.clear()
			fmt.Fprintf(t.stderr, "to resume it: %s\n", t.resume)
		}
	case session.Text:
		t.clear()
		for _, line := range e.Lines() {
			fmt.Fprintln(t.stderr, line)
		}
	}
	return nil
}

func (t *terminal) clear() { t.bar.Clear() }
