package bcleval

import (
	"fmt"
	"io"
	"strconv"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/score"
)

// assess adds, to the curve of tail discovery, how sure its last point is. What cannot be
// known is said on stderr.
func (o *options) assess(r *score.Results, im *images, stderr io.Writer) error {
	if len(r.Tail) == 0 {
		return nil
	}
	rows, err := o.history()
	if err != nil || len(rows) == 0 {
		return err
	}
	w, err := o.weighing()
	if err != nil {
		return fmt.Errorf("tail discovery: %w", err)
	}
	labels, last := labelsOf(im.trained), rows[len(rows)-1]
	a, err := score.AssessTail(w.Weigh(last), labels, im.counts, im.groups, o.Seed)
	if err != nil {
		return fmt.Errorf("tail discovery: %w", err)
	}
	r.Assessment = a
	if w.Controlled() {
		trained, err := w.Shown(last, len(rows), labels)
		if err != nil {
			return fmt.Errorf("tail discovery by the control: %w", err)
		}
		t, err := score.TailDiscovery(trained, labels, im.counts, im.groups)
		if err != nil {
			return fmt.Errorf("tail discovery by the control: %w", err)
		}
		r.Control = &score.ControlTail{Rule: string(w.Rule), Tail: t}
	}
	config, err := run.ReadConfig(o.path)
	if err != nil {
		fmt.Fprintf(stderr, "%s: the share of the first epoch in the momentum losses is not known: %s\n", name, quote.Text(err.Error()))
		return nil
	}
	if config.Get("momentum-loss-beta") == "" {
		return nil // a run of an earlier program, whose settings do not have it
	}
	beta := w.Beta
	if epochs, err := strconv.Atoi(config.Get("epochs")); err == nil {
		beta = w.BetaOf(epochs)
	}
	share, err := score.FirstEpochShare(beta, len(rows))
	if err == nil {
		r.FirstEpochShare = &share
	}
	return err
}
