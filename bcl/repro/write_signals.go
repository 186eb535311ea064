package repro

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/bcl/signal"
)

// signalTables writes the tables of signals of a part, as Few / macro.
func (t *Table) signalTables(b *strings.Builder, part string) {
	for _, average := range []struct{ name, title string }{
		{Momentum, "momentum averages, as the memory keeps them"},
		{Recent, "means of the last epochs"},
	} {
		head := []string{"epoch", "first epoch", "runs"}
		for _, s := range signal.Recorded() {
			known, _ := signal.Lookup(s)
			head = append(head, fmt.Sprintf("%s (%v)", s, known.Tail))
		}
		table := [][]string{head}
		epochs := []int{}
		for _, r := range t.Signals {
			if r.Part == part && r.Average == average.name && !slices.Contains(epochs, r.Epoch) {
				epochs = append(epochs, r.Epoch)
			}
		}
		for _, e := range epochs {
			cells := []string{strconv.Itoa(e), "", ""}
			for _, s := range signal.Recorded() {
				i := slices.IndexFunc(t.Signals, func(r SignalRow) bool {
					return r.Part == part && r.Average == average.name && r.Epoch == e && r.Signal == s
				})
				if i < 0 {
					cells = append(cells, "-")
					continue
				}
				r := t.Signals[i]
				cells[1], cells[2] = fmt.Sprintf("%.0f %%", 100*r.FirstEpoch), fmt.Sprintf("%d in %d", r.Few.N, r.SplitFew.N)
				cells = append(cells, r.Few.format(2)+" / "+r.Macro.format(2))
			}
			table = append(table, cells)
		}
		if len(epochs) > 0 {
			fmt.Fprintf(b, "\nSignals as detectors of the tail, AUC for Few / macro over pairs of classes, %s:\n\n", average.title)
			align(b, table)
		}
	}
	t.effectTable(b, part)
}

func (t *Table) effectTable(b *strings.Builder, part string) {
	head := []string{"epoch"}
	for _, s := range signal.Recorded() {
		head = append(head, string(s))
	}
	table := [][]string{head}
	for _, e := range t.Effects {
		at := slices.IndexFunc(table, func(row []string) bool { return row[0] == strconv.Itoa(e.Epoch) })
		if e.Part != part {
			continue
		}
		if at < 0 {
			at = len(table)
			table = append(table, append([]string{strconv.Itoa(e.Epoch)}, slices.Repeat([]string{"-"}, len(head)-1)...))
		}
		table[at][1+slices.Index(signal.Recorded(), e.Signal)] = fmt.Sprintf("%+.3f ± %.3f (%.3f)", e.Per100, e.SE, e.Classes)
	}
	if len(table) > 1 {
		b.WriteString("\nEffect of 100 times more images on a class's mean signal ± standard error, over the orders of the classes (in brackets: deviation of the classes themselves):\n\n")
		align(b, table)
	}
}

// WriteComparisons writes a line per comparison.
func (t *Table) WriteComparisons(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"part", "baseline", "method", "figure", "pairs", "wins", "mean", "std", "low", "high", "p", "p_holm", "splits", "splits_low", "splits_high", "splits_p"})
	for _, x := range t.Comparisons {
		line := []string{x.Part, x.Baseline, x.Method, x.Figure, strconv.Itoa(x.Runs.N), strconv.Itoa(x.Runs.Wins), decimal(&x.Runs.Mean), decimal(x.Runs.Std)}
		line = append(line, ends(x.Runs.Interval)...)
		line = append(line, decimal(x.Runs.P), decimal(x.PHolm), strconv.Itoa(x.Splits.N))
		line = append(line, ends(x.Splits.Interval)...)
		c.Write(append(line, decimal(x.Splits.P)))
	}
	c.Flush()
	return c.Error()
}

// WriteSignals writes a line per signal, average, epoch and run.
func (t *Table) WriteSignals(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"part", "signal", "average", "epoch", "first_epoch_share", "unit", "few_auc", "size_auc", "macro_auc"})
	for _, r := range t.Signals {
		var units []string
		for unit := range r.Runs {
			units = append(units, unit)
		}
		slices.Sort(units)
		for _, unit := range units {
			x := r.Runs[unit]
			c.Write([]string{r.Part, string(r.Signal), r.Average, strconv.Itoa(r.Epoch), decimal(&r.FirstEpoch), unit, decimal(&x.Few), decimal(&x.Size), decimal(&x.Macro)})
		}
	}
	c.Flush()
	return c.Error()
}

// WriteEffects writes a line per signal and epoch.
func (t *Table) WriteEffects(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"part", "signal", "epoch", "per_factor_100", "se", "df", "low", "high", "class_std"})
	for _, e := range t.Effects {
		c.Write([]string{e.Part, string(e.Signal), strconv.Itoa(e.Epoch), decimal(&e.Per100), decimal(&e.SE), strconv.Itoa(e.DF), decimal(&e.Interval[0]), decimal(&e.Interval[1]), decimal(&e.Classes)})
	}
	c.Flush()
	return c.Error()
}

// decimal is "" for nil.
func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', 4, 64)
}

func ends(interval *[2]float64) []string {
	if interval == nil {
		return []string{"", ""}
	}
	return []string{decimal(&interval[0]), decimal(&interval[1])}
}
