package report

import (
	"fmt"
	"math"
)

// Levels of a verdict.
const (
	Good    = "good"
	Warning = "warning"
	Bad     = "bad"
	Unknown = "unknown"
)

// Verdict answers a question about a run in plain words.
type Verdict struct {
	Level    string // [Good], [Warning], [Bad] or [Unknown]
	Question string
	Answer   string // in a few words
	Why      string
}

// Chance returns the NT-Xent loss of a batch of n samples by a network whose features tell
// nothing: ln(2n-1), as one of 2n-1 others is to be found.
func Chance(n int) float64 { return math.Log(float64(2*n - 1)) }

// Verdicts answers: is it learning, did it collapse, does the memory find the tail.
func (r *Run) Verdicts() []Verdict {
	return []Verdict{r.learning(), r.collapsed(), r.finds()}
}

func (r *Run) learning() Verdict {
	v := Verdict{Unknown, "Is it learning?", "Not known yet", "No epoch is done."}
	n := len(r.Metrics)
	if n == 0 || r.batch() < 2 {
		return v
	}
	chance, last := Chance(r.batch()), r.Metrics[n-1].Loss
	said := fmt.Sprintf("The loss is %.2f after epoch %d. A network whose features tell nothing has %.2f, ln(2·%d−1).", last, r.Metrics[n-1].Epoch, chance, r.batch())
	k := max(1, n/8)
	mean := func(from, to int) (m float64) {
		for _, e := range r.Metrics[from:to] {
			m += e.Loss / float64(to-from)
		}
		return m
	}
	switch {
	case math.IsNaN(last) || math.IsInf(last, 0):
		v = Verdict{Bad, v.Question, "No: the loss is no number", "A lower learning rate, a longer warm-up or fp32 may help; start again from a checkpoint of before."}
	case chance-last < 0.02*chance:
		v = Verdict{Bad, v.Question, "No", said + " So it has not begun to tell images apart: in the first epochs that is usual; later, try another learning rate."}
		if n < 3 {
			v.Level, v.Answer = Unknown, "Too early to say"
		}
	case n >= 4 && mean(n-k, n) > mean(max(0, n-2*k), n-k)+0.02*chance:
		v = Verdict{Warning, v.Question, "It has, but the loss rises", said + fmt.Sprintf(" It was %.2f before.", mean(max(0, n-2*k), n-k))}
	case n >= 20 && mean(n-2*k, n-k)-mean(n-k, n) < 0.005:
		v = Verdict{Good, v.Question, "Yes, and it has levelled off", said + " A level loss need not mean level features: accuracies may still rise."}
	default:
		v = Verdict{Good, v.Question, "Yes", said}
		if n >= 4 {
			v.Why += " It still falls."
		}
	}
	return v
}

func (r *Run) finds() Verdict {
	v := Verdict{Unknown, "Does the memory find the rare?", "Not known", ""}
	m := r.Memory
	switch {
	case m == nil:
		v.Why = "There are no momentum losses yet."
		return v
	case r.Labels == nil:
		v.Why = "The images have no labels, so which of them are rare is not known. The most boosted images tell whether they are."
		return v
	case m.Few == nil || math.IsNaN(m.Few[len(m.Few)-1]):
		v.Why = "All classes are of one size, or none counts as Few: there is no tail to find."
		return v
	}
	k := len(m.Few) - 1
	auc, lo, hi := m.Few[k], m.Control[0][k], m.Control[1][k]
	v.Why = fmt.Sprintf("Of a sample of a Few class and one of another, the rare one has the higher weight in %.0f %% of all pairs (AUC %.2f; 0.5 is chance). The same weights dealt to other samples give %.2f to %.2f.", 100*auc, auc, lo, hi)
	switch {
	case auc < lo:
		v.Level, v.Answer = Bad, "No: the opposite"
		v.Why += " Rare samples have lower weights than common ones."
	case auc <= hi:
		v.Level, v.Answer = Warning, "No more than chance would"
	case auc < 0.6:
		v.Level, v.Answer = Warning, "A little"
	default:
		v.Level, v.Answer = Good, "Yes"
	}
	if m.Controlled {
		v.Why += " This is the memory's own finding: the run trains with other weights, as a control."
	} else if !r.boosted() {
		v.Why += fmt.Sprintf(" (%s records weights without using them.)", r.Settings.Get("method"))
	}
	return v
}
