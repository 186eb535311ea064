package bcltrain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/train"
)

// authorsLog writes lines in the form of the authors' log, for programs that read it:
// "Epoch: [2][20/39]\tLoss 4.5267 (4.5986)\tdata_time: ...".
type authorsLog struct {
	every int // steps; 0: no lines

	epoch               int
	loss, waited, taken mean
}

// mean is the latest value and the weighted mean of all so far.
type mean struct{ value, sum, weight float64 }

func (m *mean) add(value, weight float64) {
	m.value = value
	m.sum += weight * value
	m.weight += weight
}

func (m mean) text(digits int) string {
	return fmt.Sprintf("%.*f (%.*f)", digits, m.value, digits, m.sum/m.weight)
}

func (l *authorsLog) Observe(s *session.Session, e session.Event) error {
	if l.every == 0 {
		return nil
	}
	line := ""
	switch e := e.(type) {
	case session.EpochBegin:
		line = l.begin(e.LastLR)
	case session.Step:
		line = l.step(e.Step)
	case session.Evaluation:
		line = accuracy(e)
	}
	if line == "" {
		return nil
	}
	return s.Notify(session.Message{Text: line, Plain: true})
}

// accuracy is the line on a linear probe; "" without one.
func accuracy(e session.Evaluation) string {
	for _, r := range e.Results {
		if a := r.Accuracy; r.Classifier == score.Probe {
			return fmt.Sprintf("Accuracy fullshot {1: %v, 5: %v}", a.Top1/100, a.Top5/100)
		}
	}
	return ""
}

// classDistribution is the line on the training images; "" if they have no labels.
func classDistribution(ds dataset.Dataset) string {
	counts, _ := dataset.Counts(ds)
	if counts == nil {
		return ""
	}
	text := make([]string, len(counts))
	for i, n := range counts {
		text[i] = strconv.Itoa(n)
	}
	return fmt.Sprintf("class distribution in training set is [%s]", strings.Join(text, ", "))
}

// begin is the line before an epoch: the learning rate of the step before.
func (l *authorsLog) begin(lr float64) string {
	return "current lr is " + strconv.FormatFloat(lr, 'g', -1, 64)
}

// step is the line after a step, "" if there is none. The means are over the epoch so
// far, or since resuming within it.
func (l *authorsLog) step(s train.Step) string {
	if s.Epoch != l.epoch {
		*l = authorsLog{every: l.every, epoch: s.Epoch}
	}
	l.loss.add(s.Loss, 2*float64(s.Samples))
	l.waited.add(s.Waited.Seconds(), 1)
	l.taken.add(s.Took.Seconds(), 1)
	i := s.Batch - 1 // counted from 0
	if i%l.every != 0 && s.Batch != s.Batches {
		return ""
	}
	return fmt.Sprintf("Epoch: [%d][%d/%d]\tLoss %s\tdata_time: %s\ttrain_time: %s\t", s.Epoch, i, s.Batches, l.loss.text(4), l.waited.text(2), l.taken.text(2))
}
