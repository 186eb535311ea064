package bcleval

import (
	"fmt"
	"io"
	"strconv"

	"github.com/bcl-go/bcl/bcl/memory"
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
	a, err := score.AssessTail(memory.Weights(rows[len(rows)-1]), labelsOf(im.trained), im.counts, im.groups, o.Seed)
	if err != nil {
		return fmt.Errorf("tail discovery: %w", err)
	}
	r.Assessment = a
	config, err := run.ReadConfig(o.path)
	if err != nil {
		fmt.Fprintf(stderr, "%s: the share of the first epoch in the momentum losses is not known: %s\n", name, quote.Text(err.Error()))
		return nil
	}
	beta, err := strconv.ParseFloat(config.Get("momentum-loss-beta"), 64)
	if err != nil {
		return nil // a run of an earlier program, whose settings do not have it
	}
	c := memory.Config{Beta: beta} // a run of an earlier program has no horizon
	c.Horizon, _ = strconv.Atoi(config.Get("memory-horizon"))
	if epochs, err := strconv.Atoi(config.Get("epochs")); err == nil {
		beta = c.BetaOf(epochs)
	}
	share, err := score.FirstEpochShare(beta, len(rows))
	if err == nil {
		r.FirstEpochShare = &share
	}
	return err
}
