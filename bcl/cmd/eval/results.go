package eval

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/eval"
)

// Results is what bcl-eval found out.
type Results struct {
	Checkpoint  string      `json:"checkpoint"`
	Epoch       int         `json:"epoch"`
	Data        string      `json:"data"`
	Probe       int         `json:"probe_images"`
	Test        int         `json:"test_images"`
	ClassCounts []int       `json:"train_class_counts"`
	Groups      eval.Groups `json:"groups"` // classes of Many, Medium, Few
	Rows        []Row       `json:"rows"`
	// Tail says for each epoch how well the memorisation weights found rare classes.
	Tail []eval.Tail `json:"tail_discovery,omitempty"`
}

// Row is one classifier on one network's features.
type Row struct {
	Network    string        `json:"network"` // "trained" or "untrained"
	Classifier string        `json:"classifier"`
	Accuracy   eval.Accuracy `json:"accuracy"`
}

// WriteJSON writes everything, per-class accuracies included.
func (r *Results) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// WriteTable writes the accuracies in percent, a row each.
func (r *Results) WriteTable(w io.Writer) error {
	fmt.Fprintf(w, "%s, epoch %d, on %s: fitted on %d images, tested on %d\n\n", r.Checkpoint, r.Epoch, r.Data, r.Probe, r.Test)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "network\tclassifier\ttop-1\ttop-5\t%s\t%s\t%s\tstd\t\n", eval.GroupNames[0], eval.GroupNames[1], eval.GroupNames[2])
	for _, row := range r.Rows {
		a := row.Accuracy
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t\n", row.Network, row.Classifier, a.Top1, a.Top5, a.Groups[0], a.Groups[1], a.Groups[2], a.Std)
	}
	if err := t.Flush(); err != nil || len(r.Tail) == 0 {
		return err
	}
	last := r.Tail[len(r.Tail)-1]
	_, err := fmt.Fprintf(w, "\nmemorisation weights after epoch %d find the tail: AUC %.3f for Few, %.3f by class size (0.5 is chance)\n", len(r.Tail), last.Few, last.Size)
	return err
}
