package repro

import (
	"encoding/csv"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bcl-go/bcl/torch/serialize/atomicfile"
)

// Write writes the table as table.md, table.csv and table.json into a folder, its runs as runs.csv,
// and comparisons.csv, signals.csv and effects.csv if there is anything for them.
func (t *Table) Write(dir string) error {
	files := map[string]func(io.Writer) error{"table.md": t.WriteMarkdown, "table.csv": t.WriteCSV, "runs.csv": t.WriteRuns}
	if len(t.Comparisons) > 0 {
		files["comparisons.csv"] = t.WriteComparisons
	}
	if len(t.Signals) > 0 {
		files["signals.csv"] = t.WriteSignals
	}
	if len(t.Effects) > 0 {
		files["effects.csv"] = t.WriteEffects
	}
	for name, write := range files {
		if err := atomicfile.WriteFile(filepath.Join(dir, name), write); err != nil {
			return err
		}
	}
	return writeJSON(filepath.Join(dir, "table.json"), t)
}

// WriteMarkdown writes a table for each part, and notes.
func (t *Table) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", t.Preset, t.Description)
	for _, part := range t.Parts {
		part.markdown(&b)
		t.comparisons(&b, part)
		t.signalTables(&b, part.Part)
	}
	b.WriteString("\n")
	for _, n := range t.Notes {
		fmt.Fprintf(&b, "- %s\n", n)
	}
	if len(t.Missing) > 0 {
		b.WriteString("\nMissing runs:\n\n")
		for _, m := range t.Missing {
			fmt.Fprintf(&b, "- %s: %s\n", m.Unit, m.State)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Rows) markdown(b *strings.Builder) {
	published := make(map[string]bool) // protocols with published numbers
	for _, row := range r.Rows {
		for protocol := range row.Published {
			published[protocol] = true
		}
	}
	head := []string{"method", "n"}
	for _, q := range r.Protocols {
		head = append(head, q)
		if published[q] {
			head = append(head, "published", "difference")
		}
	}
	table := [][]string{append(head, others...)}
	for _, row := range r.Rows {
		n := strconv.Itoa(row.Done)
		if row.Done < row.Planned {
			n += fmt.Sprintf(" of %d", row.Planned)
		}
		cells := []string{row.Label, n}
		for _, q := range r.Protocols {
			cells = append(cells, row.Figures[q].format(2))
			if published[q] {
				cells = append(cells, row.compare(q)...)
			}
		}
		for _, figure := range others {
			decimals := 2
			if figure == TailAUC || figure == MacroAUC {
				decimals = 3
			}
			cells = append(cells, row.Figures[figure].format(decimals))
		}
		table = append(table, cells)
	}
	fmt.Fprintf(b, "\n## %s\n\n", r.Part)
	align(b, table)
	r.byProtocol(b)
}

// byProtocol writes the groups of each protocol, unless there is only one, whose groups
// are in the table.
func (r *Rows) byProtocol(b *strings.Builder) {
	table := [][]string{append([]string{"method", "protocol", "top-1"}, details...)}
	more := len(r.Protocols) > 1
	for _, q := range r.Protocols {
		for _, row := range r.Rows {
			cells := []string{row.Label, q, row.Figures[q].format(2)}
			for _, figure := range details {
				s := row.Figures[detail(r.Protocols, q, figure)]
				more = more || figure == Subsets && s.N > 0
				cells = append(cells, s.format(2))
			}
			table = append(table, cells)
		}
	}
	if more {
		b.WriteString("\n")
		align(b, table)
	}
}

// compare returns the published number and our difference from it.
func (r *Row) compare(protocol string) []string {
	v, ok := r.Published[protocol]
	if !ok {
		return []string{"-", "-"}
	}
	difference := "-"
	if s := r.Figures[protocol]; s.N > 0 {
		difference = fmt.Sprintf("%+.2f", s.Mean-v)
	}
	return []string{strconv.FormatFloat(v, 'f', -1, 64), difference}
}

// align writes a Markdown table whose columns are also aligned in plain text.
func align(b *strings.Builder, table [][]string) {
	width := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	for n, row := range table {
		for i, cell := range row {
			space := strings.Repeat(" ", width[i]-len([]rune(cell)))
			if i == 0 {
				fmt.Fprintf(b, "| %s%s ", cell, space)
			} else {
				fmt.Fprintf(b, "| %s%s ", space, cell)
			}
		}
		b.WriteString("|\n")
		if n > 0 {
			continue
		}
		for i, w := range width {
			if i == 0 {
				fmt.Fprintf(b, "|:%s ", strings.Repeat("-", w+1))
			} else {
				fmt.Fprintf(b, "| %s:", strings.Repeat("-", w))
			}
		}
		b.WriteString("|\n")
	}
}

// WriteCSV writes a line per part, method and figure.
func (t *Table) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.Write([]string{"part", "method", "figure", "n", "runs_planned", "mean", "std", "published", "difference"})
	for _, part := range t.Parts {
		for _, row := range part.Rows {
			for i, figure := range figuresOf(part.Protocols) {
				s := row.Figures[figure]
				if s.N == 0 && i >= len(part.Protocols)+len(others) {
					continue
				}
				line := []string{part.Part, row.Method, figure, strconv.Itoa(s.N), strconv.Itoa(row.Planned), "", "", "", ""}
				if s.N > 0 {
					line[5] = strconv.FormatFloat(s.Mean, 'f', 4, 64)
				}
				if s.Std != nil {
					line[6] = strconv.FormatFloat(*s.Std, 'f', 4, 64)
				}
				if v, ok := row.Published[figure]; ok {
					line[7] = strconv.FormatFloat(v, 'f', -1, 64)
					if s.N > 0 {
						line[8] = strconv.FormatFloat(s.Mean-v, 'f', 4, 64)
					}
				}
				c.Write(line)
			}
		}
	}
	c.Flush()
	return c.Error()
}
