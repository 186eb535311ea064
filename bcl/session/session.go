package session

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/torch/distributed"
)

// Config configures a session.
type Config struct {
	Dir      string                             // the run folder
	Settings []byte                             // text of config.yaml: the settings of the Trainer
	Command  []string                           // for command.txt
	Data     run.Data                           // the training data
	Samples  func(row int) (name, class string) // of them, for samples.csv; nil: none is written

	// Resume is what to start from; see [Find].
	Resume Resume
	// Compare compares the settings of a run to resume (text of its config.yaml) with
	// Settings. It returns the changes, a line each, or an error if one is not allowed.
	// sameData is whether the data are the same, within whether the run is within an
	// epoch. nil: nothing may change.
	Compare func(before []byte, sameData, within bool) (changed []string, err error)

	Environment run.Environment
	KeepLast    int           // number of last checkpoints to keep, at least 1
	KeepEvery   int           // epochs between checkpoints that are kept for good; 0: none
	SaveEvery   time.Duration // between checkpoints within an epoch; 0: none
	SaveGap     time.Duration // least time between those at the ends of epochs, but the first, kept and last; 0: after each
	// GracePeriod is how long the current step may take after the context ends. Then the
	// state before that step is saved and Exit called with the context's cause; Exit must
	// end the process. Without Exit the session waits for the step.
	GracePeriod time.Duration
	Exit        func(err error)

	// Evaluate measures the network on the way, such as an eval.Suite does, and changes
	// nothing of it; nil: nothing does.
	Evaluate      func(ctx context.Context, net model.Network, progress func(task string, done, total int)) ([]score.Result, error)
	EvaluateEvery int // epochs

	Observers []Observer // in addition to those of the run folder

	// Group are the processes that train together; nil: this one is alone. Rank 0 has the
	// session; the others [Follow] it.
	Group *distributed.ProcessGroup
}

// Session is a run in progress. Its Trainer belongs to the scope that [Open] was called
// in.
type Session struct {
	Config
	Trainer *train.Trainer

	dir       *run.Dir
	observers []Observer
	saver     *checkpoint.Saver
	saved     time.Time    // when the last save started
	saves     int          // that were started
	from      string       // the checkpoint that t was put by; "": none
	settle    func() error // writes the settings of a run resumed in place; nil: they are written
}

// Open creates or opens the run folder, and puts t where the run starts. The caller must
// Close the session.
func Open(c Config, start Start, t *train.Trainer) (*Session, error) {
	s := &Session{Config: c, Trainer: t}
	s.Environment.Data = c.Data
	s.observers = append([]Observer{metrics{}, log{}}, c.Observers...)
	notes, err := s.open(start)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		err = cmp.Or(err, s.Say("%s", n))
	}
	var missing []run.Lost
	if err == nil && s.Samples != nil {
		err = s.writeSamples()
	}
	if err == nil {
		missing, err = s.dir.OpenHistory(t.Memory.Len(), t.Position.Epoch-1, t.Signals.Names()...)
	}
	for _, m := range missing {
		err = cmp.Or(err, s.Say("%d epochs are missing in %s: their rows are NaN", m.Epochs, strings.Join(m.Files, ", ")))
	}
	lines, errLines := run.Epochs(s.Dir)
	if lost := t.Position.Epoch - 1 - lines; lost > 0 && errLines == nil {
		err = cmp.Or(err, s.Say("%s lacks %d epochs", run.MetricsFile, lost))
	}
	if err = cmp.Or(err, errLines); err != nil {
		s.dir.Close()
		return nil, err
	}
	return s, nil
}

// writeSamples names the samples, or checks that they are named.
func (s *Session) writeSamples() error {
	replaced, err := s.dir.WriteSamples(s.Data.Samples, s.Samples)
	if replaced && err == nil {
		err = s.Say("%s did not list the samples of this run: written again", run.SamplesFile)
	}
	return err
}

// CompleteError reports a run that is resumed although all its epochs are done, in a folder
// that cannot be written to.
type CompleteError struct {
	Checkpoint string
	Err        error // why not
}

func (e *CompleteError) Error() string {
	return fmt.Sprintf("%s is complete, and its folder cannot be written to: %v", e.Checkpoint, e.Err)
}

// Unwrap returns why the folder cannot be written to.
func (e *CompleteError) Unwrap() error { return e.Err }

// Close closes the run folder.
func (s *Session) Close() error { return s.dir.Close() }

// File returns the path of a file of the run folder.
func (s *Session) File(name string) string { return s.dir.File(name) }
