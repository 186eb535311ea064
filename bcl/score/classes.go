package score

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/bcl-go/bcl/bcl/quote"
)

// title is the column title of a row.
func (row Row) title() string {
	return strings.Join(strings.Fields(row.Network+" "+row.Protocol+" "+row.Classifier), " ")
}

// WriteClasses writes a line per class, with a column for each row's top-1.
func (r *Results) WriteClasses(w io.Writer) error {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "class\tname\ttrained on\tgroup\t")
	for _, row := range r.Rows {
		fmt.Fprintf(t, "%s\t", row.title())
	}
	fmt.Fprintln(t)
	for c, name := range r.ClassNames {
		fmt.Fprintf(t, "%d\t%s\t%d\t%s\t", c, name, r.ClassCounts[c], r.Groups.Of(c))
		for _, row := range r.Rows {
			fmt.Fprintf(t, "%v\t", row.Accuracy.PerClass[c])
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// WriteCSV writes a line for each row, subset and class; subset is empty for the mean
// over several. An accuracy is empty where nothing was tested.
func (r *Results) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"network", "protocol", "subset", "classifier", "class", "name", "train_images", "group", "accuracy"})
	for _, row := range r.Rows {
		lines := func(subset string, of Accuracy) {
			for c, name := range r.ClassNames {
				out.Write([]string{row.Network, row.Protocol, subset, row.Classifier, strconv.Itoa(c), quote.Escape(name),
					strconv.Itoa(r.ClassCounts[c]), r.Groups.Of(c), number(float64(of.PerClass[c]))})
			}
		}
		lines("", row.Accuracy)
		for _, s := range row.Subsets {
			lines(s.Name, s.Accuracy)
		}
	}
	out.Flush()
	return out.Error()
}

// number is "" for NaN.
func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// WriteTail writes the tail-discovery curve, a line per epoch.
func (r *Results) WriteTail(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"epoch", "few_auc", "size_auc", "macro_auc"})
	for i, t := range r.Tail {
		out.Write([]string{strconv.Itoa(i + 1), number(t.Few), number(t.Size), number(t.Macro)})
	}
	out.Flush()
	return out.Error()
}
