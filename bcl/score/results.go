package score

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/quote"
	"github.com/bcl-go/bcl/bcl/settings"
)

// Results is the output of bcl-eval.
type Results struct {
	Checkpoint  string   `json:"checkpoint"`
	Epoch       int      `json:"epoch"`
	Data        string   `json:"data"`
	Probe       int      `json:"probe_images"` // of the largest subset
	Test        int      `json:"test_images"`
	ClassCounts []int    `json:"train_class_counts"`
	ClassNames  []string `json:"classes"`
	GroupRule   string   `json:"group_rule"`
	Groups      Groups   `json:"groups"` // classes of Many, Medium, Few
	Rows        []Row    `json:"rows"`
	// Protocol names the whole evaluation, if it is a paper's; Settings are all of them,
	// resolved, except for where and how fast it ran. Results of earlier versions have neither.
	Protocol string        `json:"protocol,omitempty"`
	Settings settings.List `json:"settings,omitempty"`
	// Tail is, for each epoch, how well the memorisation weights rank rare classes.
	Tail []Tail `json:"tail_discovery,omitempty"`
	// Assessment is of the last epoch of Tail, and FirstEpochShare of its momentum losses
	// ([FirstEpochShare]); nil without a curve and in results of earlier versions.
	Assessment      *TailAssessment `json:"tail_assessment,omitempty"`
	FirstEpochShare *float64        `json:"first_epoch_share,omitempty"`
	// Control is of a run that trains with other weights than those of its memory, which all
	// the above is about; nil of others.
	Control *ControlTail `json:"tail_discovery_of_control,omitempty"`
}

// The networks of rows.
const (
	Trained   = "trained"
	Untrained = "untrained" // the same network with its initial weights
)

// Row is one classifier on one network's features, by one protocol.
type Row struct {
	Network string `json:"network"` // Trained or Untrained
	Result
}

// ParseResults reads what [Results.WriteJSON] wrote. Without rows it is an error.
func ParseResults(text []byte) (*Results, error) {
	r := new(Results)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, err
	}
	if len(r.Rows) == 0 {
		return nil, errors.New("no rows in it")
	}
	return r, nil
}

// WriteJSON writes everything, per-class accuracies included.
func (r *Results) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	written := *r
	written.ClassNames = quote.EscapeAll(r.ClassNames)
	return enc.Encode(written)
}

// protocols reports whether rows have different protocols.
func (r *Results) protocols() bool {
	return slices.ContainsFunc(r.Rows, func(row Row) bool { return row.Protocol != "" })
}

// WriteTable writes the accuracies in percent, a line per row; for several subsets, the
// mean, and the deviation of top-1 over them.
func (r *Results) WriteTable(w io.Writer) error {
	many := r.protocols()
	fmt.Fprintf(w, "%s, epoch %d, on %s: ", quote.Name(r.Checkpoint), r.Epoch, quote.Name(r.Data))
	if !many {
		fmt.Fprintf(w, "fitted on %d images, ", r.Probe)
	}
	fmt.Fprintf(w, "tested on %d\n\n", r.Test)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "network\t")
	if many {
		fmt.Fprint(t, "protocol\timages\tsubsets\t")
	}
	fmt.Fprintf(t, "classifier\ttop-1\ttop-5\t%s\t%s\t%s\tstd\tclass std\tworst third\tharmonic\t\n", GroupNames[0], GroupNames[1], GroupNames[2])
	for _, row := range r.Rows {
		a := row.Accuracy
		fmt.Fprintf(t, "%s\t", row.Network)
		top1 := fmt.Sprintf("%.2f", a.Top1)
		if many {
			fmt.Fprintf(t, "%s\t%d\t%d\t", row.Protocol, row.Images, max(1, len(row.Subsets)))
		}
		if row.Spread != nil {
			top1 += fmt.Sprintf(" ± %.2f", row.Spread.Top1)
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%v\t%v\t%v\t%v\t%v\t%v\t%v\t\n", row.Classifier, top1, a.Top5, a.Groups[0], a.Groups[1], a.Groups[2], a.Std, a.ClassStd, a.WorstThird, a.Harmonic)
	}
	if err := t.Flush(); err != nil || len(r.Tail) == 0 {
		return err
	}
	return r.writeTail(w)
}

// writeTail writes the tail discovery of the last epoch.
func (r *Results) writeTail(w io.Writer) error {
	epochs := len(r.Tail)
	fmt.Fprintf(w, "\nmemorisation weights after epoch %d as a detector of the tail: AUC (0.5 is chance)", epochs)
	if r.FirstEpochShare != nil {
		fmt.Fprintf(w, "; %.1f %% of the momentum losses is the first epoch", 100**r.FirstEpochShare)
	}
	fmt.Fprint(w, "\n\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	last, a := r.Tail[epochs-1], r.Assessment
	if a == nil {
		a = &TailAssessment{}
		fmt.Fprint(t, "\tAUC\t\n")
	} else {
		fmt.Fprint(t, "\tAUC\t95 % interval\tshuffled samples\tp\tshuffled class sizes\tp\t\n")
	}
	for _, row := range []struct {
		name  string
		value float64
		of    Estimate
	}{{"Few against the others", last.Few, a.Few}, {"by class size", last.Size, a.Size}, {"by class size, pairs of classes alike", last.Macro, a.Macro}} {
		fmt.Fprintf(t, "%s\t%.3f\t", row.name, row.value)
		if r.Assessment != nil {
			fmt.Fprintf(t, "%s\t%s\t%.3f\t%s\t%.3f\t", interval(row.of.Interval), interval(row.of.Samples.Range), row.of.Samples.P, interval(row.of.Classes.Range), row.of.Classes.P)
		}
		fmt.Fprintln(t)
	}
	if r.Control != nil {
		fmt.Fprintf(t, "Few, by the control %s that trains\t%.3f\t\n", r.Control.Rule, r.Control.Few)
	}
	return t.Flush()
}

// ControlTail is how well the weights of a control rank the samples of rare classes.
type ControlTail struct {
	Rule string `json:"control"` // as memory.Rule has it
	Tail
}

// interval is an interval of shares.
func interval(of [2]float64) string { return fmt.Sprintf("%.3f to %.3f", of[0], of[1]) }
