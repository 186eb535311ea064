package repro

import (
	"encoding/csv"
	"io"
	"strconv"
)

// WriteRuns writes a line per run and figure, in the order of the plan, for comparisons of
// one's own: table.json has the same, with the whole output of bcl-eval.
func (t *Table) WriteRuns(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"part", "split", "method", "seed", "epochs", "figure", "value"})
	for _, part := range t.Parts {
		for _, r := range t.Runs {
			if r.Part != part.Part {
				continue
			}
			for _, figure := range figuresOf(part.Protocols) {
				if v, ok := r.Figures[figure]; ok {
					c.Write([]string{r.Part, r.Split, r.Method, strconv.FormatUint(r.Seed, 10), strconv.Itoa(r.Epochs), figure, strconv.FormatFloat(v, 'f', 4, 64)})
				}
			}
		}
	}
	c.Flush()
	return c.Error()
}
