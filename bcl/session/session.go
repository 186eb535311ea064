package session

import (
	"context"
	"time"

	"github.com/bcl-go/bcl/bcl/checkpoint"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/train"
)

// Config says where and how a session trains.
type Config struct {
	Dir      string   // the run folder
	Settings []byte   // text of config.yaml: what the Trainer was built with
	Command  []string // for command.txt
	Data     run.Data // what is trained on

	// Resume says what to begin from; see [Find].
	Resume Resume
	// Compare compares the settings of a run that is to be resumed (text of its config.yaml) with
	// Settings. It returns what changed, a line each, or an error if something did that
	// may not. sameData says that the data were found to be the same, within that the run
	// stands within an epoch. nil: nothing may change.
	Compare func(before []byte, sameData, within bool) (changed []string, err error)

	Environment run.Environment
	KeepLast    int           // checkpoints that stay, at least 1
	KeepEvery   int           // epochs between checkpoints that stay for good; 0: none
	SaveEvery   time.Duration // between checkpoints within an epoch; 0: none
	// GracePeriod is how long the current step may take after the context ends. Then the
	// state before that step is saved and Exit called with the context's cause; Exit must
	// end the process. Without Exit the session waits for the step.
	GracePeriod time.Duration
	Exit        func(err error)

	// Evaluate measures the network on the way, such as an eval.Suite does, and changes
	// nothing of it; nil: nothing does.
	Evaluate      func(ctx context.Context, net model.Network, progress func(task string, done, total int)) ([]score.Result, error)
	EvaluateEvery int // epochs

	Observers []Observer // beside those of the run folder
}

// Session is a run under way. Its Trainer belongs to the scope that [Open] was called in.
type Session struct {
	Config
	Trainer *train.Trainer

	dir       *run.Dir
	observers []Observer
	saver     *checkpoint.Saver
	saved     time.Time // when the last save began
}

// Open makes the run folder or opens it, and puts t where the run is to begin. The caller
// must Close the session.
func Open(c Config, start Start, t *train.Trainer) (*Session, error) {
	s := &Session{Config: c, Trainer: t}
	s.Environment.Data = c.Data
	s.observers = append([]Observer{metrics{}, log{}}, c.Observers...)
	notes, err := s.open(start)
	if err != nil {
		return nil, err
	}
	lost, err := s.dir.OpenHistory(t.Memory.Len(), t.Position.Epoch-1)
	if err != nil {
		s.dir.Close()
		return nil, err
	}
	for _, n := range notes {
		s.Say("%s", n)
	}
	if lost > 0 {
		s.Say("%s lacks %d epochs: their rows are NaN", run.HistoryFile, lost)
	}
	return s, nil
}

// Close closes the run folder.
func (s *Session) Close() error { return s.dir.Close() }

// File returns the path of a file of the run folder.
func (s *Session) File(name string) string { return s.dir.File(name) }
