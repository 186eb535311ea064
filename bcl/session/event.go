package session

import (
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/train"
)

// Observer receives the events of a session, one at a time, on the goroutine that trains
// (see [End]). It may call Notify itself. An error ends the session as a failure.
type Observer interface {
	Observe(s *Session, e Event) error
}

// Event is one of [Message], [EpochBegin], [Step], [Epoch], [Evaluation], [Working] and [End].
type Event any

// Text is an event with lines to print.
type Text interface{ Lines() []string }

// Message is a line to print.
type Message struct {
	Text  string
	Plain bool // printed without the time, for programs that read the log
}

// Lines returns the line.
func (m Message) Lines() []string { return []string{m.Text} }

// EpochBegin comes before the first step of an epoch, or of the rest of a resumed one.
type EpochBegin struct {
	Epoch  int
	LastLR float64 // of the last step, 0 before the first
}

// Step comes after every step.
type Step struct {
	train.Step
	Epochs int // of the run
	Done   int // steps since its start
	Total  int // steps of the run
}

// Epoch comes at the end of every epoch, before its checkpoint is written.
type Epoch struct {
	run.Metrics
	Epochs   int       // of the run
	Momentum []float32 // momentum loss of each sample; the memory's own
	// Signals are those that the trainer records, in its order, of each sample; its own.
	Signals [][]float32
}

// Lines returns a summary.
func (e Epoch) Lines() []string {
	return []string{fmt.Sprintf("epoch %d of %d: loss %.4f, lr %.2g, %.0f views/s, weights %.2f %.2f %.2f (quartiles)",
		e.Metrics.Epoch, e.Epochs, e.Loss, e.LR, e.ViewsPerSec, e.Weights[1], e.Weights[2], e.Weights[3])}
}

// Evaluation comes after an evaluation of the network.
type Evaluation struct {
	Epoch   int
	Results []score.Result
}

// Lines returns a line for each classifier.
func (e Evaluation) Lines() (lines []string) {
	for _, r := range e.Results {
		a := r.Accuracy
		lines = append(lines, fmt.Sprintf("after epoch %d %s: top-1 %.2f, top-5 %.2f, Many %v, Medium %v, Few %v",
			e.Epoch, r.Classifier, a.Top1, a.Top5, a.Groups[0], a.Groups[1], a.Groups[2]))
	}
	return lines
}

// End comes last: Err is nil where the run is complete, else why it ended. Where Exit ends
// the process, it and the messages before it come from another goroutine than the one
// that trains, which does nothing more.
type End struct{ Err error }

// Working is the progress of work between steps, such as an evaluation.
type Working struct {
	Task        string
	Done, Total int
}

// Notify sends an event to the observers. It returns the errors of those that failed.
func (s *Session) Notify(e Event) error {
	var errs []error
	for _, o := range s.observers {
		errs = append(errs, o.Observe(s, e))
	}
	return errors.Join(errs...)
}

// Say sends the observers a [Message].
func (s *Session) Say(format string, args ...any) error {
	return s.Notify(Message{Text: fmt.Sprintf(format, args...)})
}
