package repro

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bcl-go/bcl/bcl/score"
)

// Comparison is the differences of a method from another in one figure. Runs with the same
// split and seed are pairs: they have the same images, initial weights and order of samples.
type Comparison struct {
	Part     string `json:"part"`
	Method   string `json:"method"`
	Label    string `json:"label"`
	Baseline string `json:"baseline"`
	Figure   string `json:"figure"`
	// Runs is over the pairs of runs. PHolm is its p-value adjusted for the number of methods
	// that are compared with the baseline in this figure; nil for one pair.
	Runs  score.Paired `json:"runs"`
	PHolm *float64     `json:"p_holm"`
	// Splits is over the splits, each with the mean over its seeds: runs of a split have more
	// in common than those of others, so this is the more careful interval.
	Splits score.Paired `json:"splits"`
}

// compared are the figures that are compared, besides the first protocol.
var compared = []string{Few, WorstThird, Harmonic, ClassStd, KNN}

// compare fills the comparisons of the preset in.
func (p *Plan) compare(t *Table) error {
	for _, part := range t.Parts {
		for _, baseline := range p.Preset.Compare {
			for _, figure := range append(part.Protocols[:1:1], compared...) {
				of, err := p.compareAll(t, part, baseline, figure)
				if err != nil {
					return err
				}
				t.Comparisons = append(t.Comparisons, of...)
			}
		}
	}
	return nil
}

// compareAll compares all methods of a part with one.
func (p *Plan) compareAll(t *Table, part Rows, baseline, figure string) (list []Comparison, err error) {
	var values []float64
	for _, row := range part.Rows {
		if row.Method == baseline || p.onlySignals(row.Method) {
			continue
		}
		var all, means []float64
		for _, of := range t.differences(part.Part, row.Method, baseline, figure) {
			all = append(all, of...)
			means = append(means, stat(of).Mean)
		}
		if len(all) == 0 {
			continue
		}
		c := Comparison{Part: part.Part, Method: row.Method, Label: row.Label, Baseline: baseline, Figure: figure}
		if c.Runs, err = score.Pairs(all); err != nil {
			return nil, err
		}
		if c.Splits, err = score.Pairs(means); err != nil {
			return nil, err
		}
		if c.Runs.P != nil {
			values = append(values, *c.Runs.P)
		}
		list = append(list, c)
	}
	for i, v := range score.Holm(values) {
		if len(values) == len(list) { // all have several pairs
			list[i].PHolm = &v
		}
	}
	return list, nil
}

// onlySignals reports whether a method is in the plan for the table of signals alone, such as
// one with more epochs than the others.
func (p *Plan) onlySignals(method string) bool {
	return p.Preset.Signals != nil && p.Preset.Signals.Method == method && !slices.Contains(p.Preset.Compare, method)
}

// differences are those of the pairs of a part, for each split that has any.
func (t *Table) differences(part, method, baseline, figure string) (splits [][]float64) {
	type pair struct {
		split string
		seed  uint64
	}
	with := map[pair]float64{}
	for _, r := range t.Runs {
		if v, ok := r.Figures[figure]; ok && r.Part == part && r.Method == baseline {
			with[pair{r.Split, r.Seed}] = v
		}
	}
	at := map[string]int{}
	for _, r := range t.Runs {
		v, ok := r.Figures[figure]
		base, paired := with[pair{r.Split, r.Seed}]
		if !ok || !paired || r.Part != part || r.Method != method {
			continue
		}
		i, seen := at[r.Split]
		if !seen {
			i = len(splits)
			at[r.Split], splits = i, append(splits, nil)
		}
		splits[i] = append(splits[i], v-base)
	}
	return splits
}

// comparisons writes the comparisons of a part, a table for each baseline.
func (t *Table) comparisons(b *strings.Builder, part Rows) {
	for _, base := range part.Rows {
		figures := append(part.Protocols[:1:1], compared...)
		var rows [][]string
		for _, row := range part.Rows {
			cells := []string{row.Label, ""}
			for _, figure := range figures {
				i := slices.IndexFunc(t.Comparisons, func(c Comparison) bool {
					return c.Part == part.Part && c.Baseline == base.Method && c.Method == row.Method && c.Figure == figure
				})
				if i < 0 {
					cells = append(cells, "-")
					continue
				}
				c := t.Comparisons[i]
				cells[1] = fmt.Sprintf("%d in %d", c.Runs.N, c.Splits.N)
				cells = append(cells, c.text())
			}
			if cells[1] != "" {
				rows = append(rows, cells)
			}
		}
		if len(rows) > 0 {
			fmt.Fprintf(b, "\nDifferences from %s, of runs with the same split and seed:\n\n", base.Label)
			align(b, append([][]string{append([]string{"method", "pairs in splits"}, figures...)}, rows...))
		}
	}
}

// text is a difference with its interval, and a star if it stands among all that are compared.
func (c *Comparison) text() string {
	star := ""
	if c.PHolm != nil && *c.PHolm < score.Significant {
		star = "*"
	}
	return score.WithInterval(c.Runs.Mean, c.Runs.Interval, 2) + star
}
