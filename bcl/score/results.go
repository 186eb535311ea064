package score

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/quote"
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
	// Tail is, for each epoch, how well the memorisation weights rank rare classes.
	Tail []Tail `json:"tail_discovery,omitempty"`
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
	return enc.Encode(r)
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
	last := r.Tail[len(r.Tail)-1]
	_, err := fmt.Fprintf(w, "\nmemorisation weights after epoch %d find the tail: AUC %.3f for Few, %.3f by class size (0.5 is chance)\n", len(r.Tail), last.Few, last.Size)
	return err
}
